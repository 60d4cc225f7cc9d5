import { describe, expect, it } from 'vitest';
import { verifyIdentityToken } from '../../../src/access/index.ts';
import { identityKey, workspace } from '../../helpers.ts';
import { aConfigFile, run } from './run.ts';

const asked = ['--workspace', workspace, '--identity', 'ruegreen@example.com', '--type', 'email', '--tid', 'visitor-1'];
const verify = (token: string) =>
  verifyIdentityToken(token, { workspace, keys: [identityKey], eventTime: Date.now(), receivedAt: Date.now() });

describe('waymark token', () => {
  it('makes a token that the relay believes, from the configuration', async () => {
    const { file } = aConfigFile();
    const { status, out } = await run([
      'token',
      '--config',
      file,
      ...asked,
      '--also',
      'phone=+15550100199',
      '--expires',
      '5m',
    ]);
    expect(status).toBe(0);
    expect(await verify(out[0] ?? '')).toEqual({
      proof: {
        identity: 'ruegreen@example.com',
        identitytype: 'email',
        temporaryId: 'visitor-1',
        identities: [{ identity: '+15550100199', identitytype: 'phone' }],
      },
    });
  });

  it('makes one with a secret from the environment, without a configuration', async () => {
    const { out } = await run(['token', ...asked, '--kid', 'test', '--secret-env', 'SECRET'], {
      SECRET: identityKey.secret,
    });
    expect(await verify(out[0] ?? '')).toHaveProperty('proof');
  });

  it('says which option is missing or wrong', async () => {
    const { file } = aConfigFile();
    for (const [args, message] of [
      [['token', '--config', file], /--workspace/],
      [['token', '--config', file, ...asked, '--type', 'mail'], /expected phone, email/],
      [['token', '--config', file, ...asked, '--kid', 'other'], /no HS256 identity key other/],
      [['token', ...asked, '--kid', 'a', '--secret-env', 'NONE'], /NONE to be set/],
    ] as const) {
      const { status, wrong } = await run([...args]);
      expect([status, wrong.join('\n')]).toEqual([1, expect.stringMatching(message)]);
    }
  });
});
