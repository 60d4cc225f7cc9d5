import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig, readConfig } from '../../src/server/index.ts';
import { aConfig, aFolder } from '../helpers.ts';

describe('the configuration', () => {
  it('is accepted when complete, and a relative database counts from its file', () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'waymark.json'), JSON.stringify({ ...aConfig(folder), database: 'data/waymark.db' }));
    expect(readConfig(join(folder, 'waymark.json')).database).toBe(join(folder, 'data', 'waymark.db'));
  });

  it('is refused with every fault named at once', () => {
    const faulty = {
      listen: { port: '80' },
      webhooks: { concurrency: 0.5, maxCalls: 0 },
      workspaces: [
        {
          id: 'x',
          name: 'Bank',
          siteKeys: [{ key: 'pk_1', origins: ['https://a.example/'] }],
          serverKeys: [{ name: 'desk', token: 'short', scopes: ['root'] }],
          tokenIssuers: [{ issuer: 'https://idp.example', jwksUrl: 'http://idp.example/keys' }],
        },
      ],
    };
    const message = (() => {
      try {
        checkConfig(faulty);
      } catch (error) {
        return String(error);
      }
      return 'accepted';
    })();
    for (const place of [
      'listen.port',
      'webhooks.concurrency',
      'webhooks.maxCalls',
      'database',
      'workspaces[0].id',
      'siteKeys[0].key',
      'siteKeys[0].origins',
      'serverKeys[0].token',
      'serverKeys[0].scopes',
      'tokenIssuers[0].audience',
      'tokenIssuers[0].jwksUrl',
    ]) {
      expect(message).toContain(place);
    }
  });

  it('says which file is not JSON', () => {
    const file = join(aFolder(), 'waymark.json');
    writeFileSync(file, '{');
    expect(() => readConfig(file)).toThrow(/waymark\.json/);
  });

  it('is refused whatever is given in its place', () => {
    for (const rubbish of [null, [], 'x', 1, {}, { workspaces: [null] }, { listen: [], workspaces: {} }]) {
      expect(() => checkConfig(rubbish)).toThrow(/configuration: /);
    }
  });
});

describe('a misspelt option', () => {
  it('is a fault, for a misspelt limit would be no limit', () => {
    const config = { ...aConfig(aFolder()), limits: { vistor: { perSecond: 1, burst: 1 } }, colour: 'red' };
    expect(() => checkConfig(config)).toThrow(/colour: is no option here/);
    expect(() => checkConfig(config)).toThrow(/limits\.vistor: is no option here; expected key, visitor, address/);
  });
});
