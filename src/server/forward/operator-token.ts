// Commands on the machine of a running server speak to it over HTTP. That they may, they show by a token that only
// who can read the file of the seal can make: no key has to be made and handed to them.
import { createHmac, timingSafeEqual } from 'node:crypto';

export function operatorToken(sealingKey: Buffer): string {
  return `op_${createHmac('sha256', sealingKey).update('waymark operator').digest('base64url')}`;
}

export function isOperator(token: string, sealingKey: Buffer): boolean {
  const [given, expected] = [Buffer.from(token), Buffer.from(operatorToken(sealingKey))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
