import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createIdentityToken, type IdentityTokenOptions, verifyIdentityToken } from '../../src/access/index.ts';
import { identityKey, workspace } from '../helpers.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const options: IdentityTokenOptions = {
  ...identityKey,
  workspace,
  identity: 'ruegreen@example.com',
  identitytype: 'email',
  temporaryId: 'visitor-1',
  now: () => now,
};
const verify = (token: string, changes: Partial<Parameters<typeof verifyIdentityToken>[1]> = {}) =>
  verifyIdentityToken(token, { workspace, keys: [identityKey], eventTime: now, receivedAt: now, ...changes });
const reasonOf = async (token: string, changes?: Parameters<typeof verify>[1]) => {
  const verdict = await verify(token, changes);
  return 'reason' in verdict ? verdict.reason : undefined;
};
const day = 24 * 60 * 60 * 1000;

describe('an identity token', () => {
  it('vouches for the identity it names, bound to the temporaryId', async () => {
    const token = await createIdentityToken({
      ...options,
      identities: [{ identity: '+15550100199', identitytype: 'phone' }],
    });
    expect(await verify(token)).toEqual({
      proof: {
        identity: 'ruegreen@example.com',
        identitytype: 'email',
        temporaryId: 'visitor-1',
        identities: [{ identity: '+15550100199', identitytype: 'phone' }],
      },
    });
  });

  it('is good when the event happened in its life, however late it arrives within seven days', async () => {
    const token = await createIdentityToken(options);
    expect(await verify(token, { receivedAt: now + 6 * day })).toHaveProperty('proof');
    expect(await reasonOf(token, { receivedAt: now + 8 * day })).toMatch(/seven days/);
    expect(await reasonOf(token, { eventTime: now + day, receivedAt: now + day })).toMatch(/exp/);
  });

  it('is not believed when the event claims to come from the future', async () => {
    const token = await createIdentityToken({ ...options, now: () => now - day });
    expect(await reasonOf(token, { eventTime: now - day + 1000, receivedAt: now })).toBeUndefined();
    expect(await reasonOf(token, { eventTime: now + 10 * day, receivedAt: now })).toMatch(/exp/);
  });

  it('is refused for another workspace, another secret, an unknown kid and without tid', async () => {
    const token = await createIdentityToken(options);
    expect(await reasonOf(token, { workspace: '64f000000000000000000002' })).toMatch(/aud/);
    expect(
      await reasonOf(token, { keys: [{ ...identityKey, secret: 'another secret, just as long as that' }] }),
    ).toMatch(/signature/);
    expect(await reasonOf(token, { keys: [{ ...identityKey, kid: 'other' }] })).toMatch(/kid/);
    const { temporaryId: _none, ...unbound } = options;
    expect(await reasonOf(await createIdentityToken(unbound))).toMatch(/tid/);
    expect(await verify(await createIdentityToken(unbound), { unbound: true })).toHaveProperty('proof');
  });

  it('is refused with alg none, and a public key never serves as an HMAC secret', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      aud: workspace,
      sub: 'victim@example.com',
      identitytype: 'email',
      tid: 'visitor-1',
      iat: now / 1000,
      exp: now / 1000 + 60,
      jti: '1',
    };
    expect(await reasonOf(`${encode({ alg: 'none', kid: 'test' })}.${encode(claims)}.`)).toBeDefined();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'ec' }).sign(Buffer.from(pem));
    expect(await reasonOf(forged, { keys: [{ kid: 'ec', alg: 'ES256', secret: pem }] })).toMatch(/alg/);
  });

  it('may be signed with ES256', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = (key: typeof publicKey, type: 'spki' | 'pkcs8') =>
      key.export({ type: type as 'spki', format: 'pem' }).toString();
    const token = await createIdentityToken({ ...options, alg: 'ES256', kid: 'ec', secret: pem(privateKey, 'pkcs8') });
    expect(await verify(token, { keys: [{ kid: 'ec', alg: 'ES256', secret: pem(publicKey, 'spki') }] })).toHaveProperty(
      'proof',
    );
  });

  it('may not live longer than a day', async () => {
    await expect(createIdentityToken({ ...options, expiresInSeconds: 86_401 })).rejects.toThrow(/expiresInSeconds/);
    const long = await new SignJWT({ identitytype: 'email', tid: 'visitor-1' })
      .setProtectedHeader({ alg: 'HS256', kid: 'test' })
      .setAudience(workspace)
      .setSubject('ruegreen@example.com')
      .setIssuedAt(now / 1000)
      .setExpirationTime(now / 1000 + 2 * 86_400)
      .setJti('1')
      .sign(Buffer.from(identityKey.secret));
    expect(await reasonOf(long)).toMatch(/24 hours/);
  });

  it('is refused, never thrown over, when it is rubbish', async () => {
    for (const rubbish of ['', 'x', 'a.b.c', '....', '{"alg":"HS256"}', '\u0000'])
      expect(await reasonOf(rubbish)).toBeDefined();
  });

  it('cannot be made with an option missing: the error names it', async () => {
    await expect(createIdentityToken({ ...options, kid: '' })).rejects.toThrow(/kid/);
    await expect(createIdentityToken({ ...options, identitytype: 'mail' as never })).rejects.toThrow(/identitytype/);
  });
});
