// Writes what the package promises to a page's developer, from the built type declarations: `node docs/api/make.mjs`.
// A test compares the files with the build, so that every change of the public API shows in a review.
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** By page: the import it is about, and the declarations that it consists of. */
export const reports = {
  tracker: { entry: 'waymark', files: ['tracker/index', 'tracker/options', 'tracker/calls'] },
};

export function makeReport(name) {
  const { entry, files } = reports[name];
  const parts = files.map((file) => {
    const text = readFileSync(new URL(`dist/lib/${file}.d.ts`, root), 'utf8');
    return `\`\`\`ts\n${text.replace(/\/\/# sourceMappingURL=.*\n?/, '').trim()}\n\`\`\`\n`;
  });
  return `# \`import … from '${entry}'\`\n\nMade by \`node docs/api/make.mjs\` from the built types; do not edit.\n\n${parts.join('\n')}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  for (const name of Object.keys(reports)) writeFileSync(new URL(`${name}.md`, import.meta.url), makeReport(name));
