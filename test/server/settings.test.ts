import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/server/index.ts';
import { aFolder } from '../helpers.ts';
import { aConfigFile } from './commands/run.ts';

const none = { environment: {}, flags: {} };
const bank = { id: '64f000000000000000000001', name: 'Bank' };

describe('settings', () => {
  it('come from flags before the environment before the file', () => {
    const { file } = aConfigFile({ listen: { port: 1 } });
    const environment = { WAYMARK_PORT: '2', WAYMARK_COLLECT_PATH: '/in' };
    expect(readConfig(file, { ...none, environment })).toMatchObject({ listen: { port: 2 }, collect: { path: '/in' } });
    expect(readConfig(file, { environment, flags: { port: '3' } }).listen.port).toBe(3);
    expect(readConfig(file, none).listen.port).toBe(1);
  });

  it('are enough without a file', () => {
    const environment = {
      WAYMARK_PORT: '0',
      WAYMARK_DATABASE: '/tmp/waymark.db',
      WAYMARK_WORKSPACES: JSON.stringify([{ ...bank, siteKeys: [{ key: 'pk_from_environment', origins: ['null'] }] }]),
    };
    expect(readConfig(undefined, { ...none, environment }).workspaces[0]?.name).toBe('Bank');
  });

  it('that cannot be read are named with where they came from', () => {
    const { file } = aConfigFile();
    expect(() => readConfig(file, { ...none, environment: { WAYMARK_PORT: 'high' } })).toThrow(
      'configuration: listen.port (WAYMARK_PORT): expected a whole number, got "high"',
    );
    expect(() => readConfig(file, { ...none, flags: { browser: 'yes please' } })).toThrow(
      'collect.browser (--browser): expected JSON',
    );
    expect(() => readConfig(file, { ...none, flags: { bots: 'eat' } })).toThrow(
      'collect.bots: expected off, mark or refuse, got "eat"',
    );
  });
});

describe('secrets', () => {
  const configWith = (secret: unknown) => {
    const folder = aFolder();
    const file = join(folder, 'waymark.json');
    const identityKeys = [{ kid: 'a', alg: 'HS256', secret }];
    writeFileSync(
      file,
      JSON.stringify({ listen: { port: 0 }, database: 'w.db', workspaces: [{ ...bank, identityKeys }] }),
    );
    return { folder, file };
  };
  const long = 'a secret of thirty-two characters';

  it('may stand in a file or in the environment', () => {
    const { folder, file } = configWith({ file: 'secret.txt' });
    writeFileSync(join(folder, 'secret.txt'), `${long}\n`);
    expect(readConfig(file).workspaces[0]?.identityKeys?.[0]?.secret).toBe(long);
    const { file: other } = configWith({ env: 'SECRET' });
    expect(readConfig(other, { ...none, environment: { SECRET: long } }).workspaces[0]?.identityKeys?.[0]?.secret).toBe(
      long,
    );
  });

  it('that are missing are named by their place', () => {
    expect(() => readConfig(configWith({ env: 'SECRET' }).file)).toThrow(
      'workspaces[0].identityKeys[0].secret: expected the environment variable SECRET to be set',
    );
    expect(() => readConfig(configWith({ file: 'gone' }).file)).toThrow(/identityKeys\[0\]\.secret: ENOENT/);
  });

  it('that are too weak are refused, and never shown', () => {
    expect(() => readConfig(configWith('hunter2').file)).toThrow(
      /identityKeys\[0\]\.secret: expected a secret of at least 32/,
    );
    expect(() => readConfig(configWith('hunter2').file)).not.toThrow(/hunter2/);
  });
});
