// What the documents say of each other and of the code: links that lead somewhere, options and metrics that are.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultRetentionDays } from '../../src/journey/retention.ts';
import { commands } from '../../src/server/commands/index.ts';
import { checkConfig } from '../../src/server/index.ts';
import { format } from '../../src/transport/outbox.ts';
import { properties } from './properties.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(resolve(root, file), 'utf8');
const filesOf = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`);
const documents = ['README.md', 'CHANGELOG.md', ...filesOf('docs', '.md'), ...filesOf('examples', '.md')];
const codeOf = (text: string) => (text.match(/```[\s\S]*?```|`[^`]+`/g) ?? []).join('\n');
const withoutCode = (text: string) => text.replace(/```[\s\S]*?```/g, '');

function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

describe('the documents', () => {
  it('link to files and headings that are there', () => {
    const broken = documents.flatMap((file) =>
      [...withoutCode(textOf(file)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
        if (/^https?:/.test(link)) return [];
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? resolve(root, file) : resolve(root, dirname(file), path);
        const leads = existsSync(target) && (anchor === undefined || anchorsOf(textOf(target)).includes(anchor));
        return leads ? [] : [`${file}: ${link}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('are all reached from the README', () => {
    const readme = textOf('README.md');
    const guides = documents.filter((file) => /^docs\/(guide\/)?[\w-]+\.md$/.test(file));
    expect(guides.filter((file) => !readme.includes(`](${file})`))).toEqual([]);
  });

  it('begin with configurations that are accepted as they stand', () => {
    for (const file of ['README.md', 'docs/guide/relay.md']) {
      const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(textOf(file))?.[1] ?? '');
      expect(checkConfig(example), file).toMatchObject({ database: 'waymark.db' });
    }
  });

  it('tell where each thing is stored that the tracker and the store keep', () => {
    const privacy = textOf('docs/guide/privacy.md');
    const cookies = [...textOf('src/tracker/visitor.ts').matchAll(/Cookie = '(\w+)'/g)].map(([, name = '']) => name);
    expect(cookies.length).toBe(3);
    for (const name of [...cookies, format]) expect(privacy).toContain(`\`${name}`);
    expect(privacy).toContain(`\`dataRetentionDays\` (${defaultRetentionDays})`);
  });

  it('name every command of the command line', () => {
    const guides = documents.filter((file) => file.startsWith('docs/guide/')).map(textOf);
    const unnamed = Object.keys(commands).filter((name) => !guides.some((text) => text.includes(`waymark ${name}`)));
    expect(unnamed).toEqual([]);
  });

  it('name every option of the tracker and of its delivery', () => {
    const guide = textOf('docs/guide/tracker.md');
    const wanted = [
      ...properties('src/tracker/options.ts', 'TrackerOptions'),
      ...properties('src/transport/options.ts', 'TransportOptions').filter((name) => name !== 'inMemory'),
    ];
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  });

  it('name every option of the server', () => {
    const guides = ['relay', 'actions', 'forwarding', 'identity-tokens'].map((name) => textOf(`docs/guide/${name}.md`));
    const code = guides.map(codeOf).join('\n');
    const checked = textOf('src/server/config-check.ts').matchAll(/\.only\(([^)]*)\)|const counts = \[([^\]]*)\]/g);
    const wanted = [...checked].flatMap(([, only = '', counts = '']) => (only + counts).match(/(?<=')\w+(?=')/g) ?? []);
    expect(wanted.length).toBeGreaterThan(50);
    expect([...new Set(wanted)].filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  it('name every attribute of the widget', () => {
    const guide = textOf('docs/guide/widget.md');
    const source = textOf('src/widget/journey-properties.ts');
    const names = [...source.matchAll(/^ {2}declare (\w+)/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(20);
    const isNamed = (name: string) =>
      [name === 'language' ? 'lang' : name, name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)].some(
        (one) => guide.includes(`\`${one}\``),
      );
    expect(names.filter((name) => !isNamed(name))).toEqual([]);
  });

  it('name every metric', () => {
    const guides = documents
      .filter((file) => file.startsWith('docs/guide/'))
      .map(textOf)
      .join();
    const made = filesOf('src', '.ts').flatMap((file) => textOf(file).match(/(?<=')waymark_[a-z_]+(?=')/g) ?? []);
    const metrics = [...new Set(made)];
    expect(metrics.length).toBeGreaterThan(15);
    expect(metrics.filter((name) => !name.startsWith('waymark_store_') && !guides.includes(name))).toEqual([]);
  });
});
