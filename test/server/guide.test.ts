// What the guide shows must work as it stands there.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyIdentityToken } from '../../src/access/index.ts';
import { batchLimits, throttleLimits } from '../../src/relay/index.ts';
import { checkConfig } from '../../src/server/index.ts';
import { resolveSecrets } from '../../src/server/secrets.ts';
import { settings } from '../../src/server/settings.ts';
import { aFolder, identityKey, workspace } from '../helpers.ts';

const guide = (name: string) => readFileSync(join('docs', 'guide', name), 'utf8');
const blockOf = (text: string, language: string) =>
  new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';
const values = [identityKey.secret, identityKey.kid, workspace, 'visitor-1', 'rue "green" \\ é', 'customerId'];
const quoted = values.map((value) => JSON.stringify(value)).join(', ');

/** How each example is completed into a program, and what runs it. */
const programs = {
  python: { file: 'token.py', run: ['python3'], end: `print(identity_token(${quoted}))` },
  php: { file: 'token.php', run: ['php'], end: `echo identity_token(${quoted});` },
  java: {
    file: 'IdentityToken.java',
    run: ['java'],
    end: `class Run { public static void main(String[] args) throws Exception { System.out.print(IdentityToken.create(${quoted})); } }`,
  },
};

describe('the guide', () => {
  it('names every setting with its flag and its variable, and none that does not exist', () => {
    const rows = guide('relay.md').match(/^\| `[\w.]+` \| `--.*$/gm) ?? [];
    expect(rows.map((row) => row.split(' | ').slice(0, 3).join(' ').replace('| ', ''))).toEqual(
      settings.map(({ option, flag, environment }) => `\`${option}\` \`--${flag}\` \`${environment}\``),
    );
  });

  it('shows a configuration that is accepted', () => {
    const [, configuration = ''] = guide('relay.md').split('## Configuration');
    const example = JSON.parse(
      blockOf(configuration, 'json').replaceAll('pk_…', 'pk_of_the_guide').replace('/run/secrets/desk', 'desk'),
    );
    const folder = aFolder();
    writeFileSync(join(folder, 'desk'), 'a token of the desk');
    const environment = { WAYMARK_IDENTITY_SECRET: 'x'.repeat(32) };
    expect(checkConfig(resolveSecrets(example, { environment, folder }))).toMatchObject({ collect: { path: '/in' } });
  });

  it('tells the limits that are', () => {
    const text = guide('relay.md');
    const number = (value: number) => value.toLocaleString('en');
    for (const { perSecond, burst } of [throttleLimits.visitor, throttleLimits.key, throttleLimits.address]) {
      expect(text).toContain(`${number(perSecond)} a second, ${number(burst)} at once`);
    }
    expect(text).toContain(
      `${batchLimits.maxEventBytes / 1024} KiB, ${batchLimits.maxDepth} levels, ${number(batchLimits.maxMembers)} members`,
    );
    expect(text).toContain(`| events in a batch | ${batchLimits.maxEvents} |`);
  });

  it('makes tokens that the relay believes, in every language that is at hand', async () => {
    for (const [language, { file, run, end }] of Object.entries(programs)) {
      const [command = ''] = run;
      if (spawnSync(command, [language === 'java' ? '-version' : '--version']).error) continue;
      const program = join(aFolder(), file);
      const example = blockOf(guide('identity-tokens.md'), language);
      // Java runs the first class of a file.
      const imports = /^import .*$/gm;
      const whole =
        language === 'java'
          ? `${example.match(imports)?.join('\n')}\n${end}\n${example.replace(imports, '')}`
          : `${example}\n${end}\n`;
      writeFileSync(program, whole);
      // Before version 18 Java reads a source as the machine's locale has it.
      const env = { ...process.env, LC_ALL: 'C.UTF-8' };
      const token = execFileSync(command, [program], { encoding: 'utf8', env }).trim();
      const verdict = await verifyIdentityToken(token, {
        workspace,
        keys: [identityKey],
        eventTime: Date.now(),
        receivedAt: Date.now(),
      });
      expect({ language, verdict }).toEqual({
        language,
        verdict: {
          proof: { identity: values[4], identitytype: 'customerId', temporaryId: 'visitor-1', identities: [] },
        },
      });
    }
    const node = blockOf(guide('identity-tokens.md'), 'js');
    expect(node).toContain("import { createIdentityToken } from 'waymark/server'");
  });
});
