import { describe, expect, it } from 'vitest';
import { compileRules } from '../../src/access/index.ts';

const rules = (lists: Partial<Parameters<typeof compileRules>[0]>) =>
  compileRules({ key: 'pk_test', origins: [], ...lists });

describe('the rules of a site key', () => {
  it('allow all sources, types and identitytypes that are not listed, but no origin', () => {
    const { allowsOrigin, allowsSource, allowsType, allowsIdentitytype } = rules({});
    expect([allowsSource('a'), allowsType('b'), allowsIdentitytype('email'), allowsOrigin('https://a.test')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('take a star for any characters, and everything else literally', () => {
    const { allowsSource } = rules({ sources: ['shop.example:*', 'a+b', '*.suffix'] });
    expect(['shop.example:web', 'shop.example:', 'a+b', 'x.suffix'].every(allowsSource)).toBe(true);
    expect(['shopxexample:web', 'evil shop.example:web', 'aab', 'xsuffix', ''].some(allowsSource)).toBe(false);
  });

  it('always allow the temporaryId, for without it nothing can be sent', () => {
    const { allowsIdentitytype } = rules({ identitytypes: ['email'] });
    expect([allowsIdentitytype('temporaryId'), allowsIdentitytype('email'), allowsIdentitytype('phone')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('take no other host, port or scheme for a subdomain', () => {
    const { allowsOrigin } = rules({ origins: ['https://*.bank.test'] });
    expect(['https://a.bank.test', 'https://a-1.b.bank.test'].every(allowsOrigin)).toBe(true);
    expect(
      [
        'https://bank.test',
        'https://abank.test',
        'https://a.bank.test:1',
        'https://evil.test/.bank.test',
        'https://evil.test#.bank.test',
        'https://user@x.bank.test',
        'null',
        '',
      ].some(allowsOrigin),
    ).toBe(false);
  });
});
