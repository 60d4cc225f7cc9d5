// The page bundles. Server code and all type declarations come from `tsc -b` into dist/lib.
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import typescript from '@rollup/plugin-typescript';

/** Style sheets stand in the sources as they are read; a page needs no blanks and remarks in them. */
const smallStyles = {
  name: 'small-styles',
  transform: (code, id) =>
    /(style|theme)\.ts$/.test(id)
      ? {
          code: code.replace(/css ?`[^`]*`/g, (sheet) =>
            sheet
              .replace(/\/\*.*?\*\//gs, '')
              .replace(/\s+/g, ' ')
              .replace(/ ?([{};,>]) ?/g, '$1')
              .replaceAll(': ', ':'),
          ),
          map: null,
        }
      : null,
};

/** The tracker's rescue part shares no file with it, so that the tracker stays one file as long as it is not loaded. */
const rescueBeside = {
  name: 'rescue-beside',
  resolveId: (id) =>
    /\/transport\/rescue\.[jt]s$/.test(id) ? { id: './tracker-rescue.js', external: 'relative' } : null,
};

/** Tells the browser to compile it all beside the page's main thread, not one function after the other on it (V8's compile hints). */
const allAtOnce = '//# allFunctionsCalledOnLoad';

const plugins = (target, minify, notice = '') => [
  nodeResolve({ browser: true }),
  minify && smallStyles,
  typescript({
    tsconfig: false,
    include: ['src/{protocol,transport,tracker,widget}/**/*.ts'],
    compilerOptions: {
      target,
      lib: ['ES2022', 'DOM', 'DOM.Iterable'],
      module: 'esnext',
      moduleResolution: 'bundler',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
      noEmitOnError: true,
      skipLibCheck: true,
      types: [],
    },
  }),
  // TypeScript wraps `import(address)` in a helper that it leaves out; these addresses need no rewriting.
  {
    name: 'plain-import',
    renderChunk: (code) => ({ code: code.replaceAll('__rewriteRelativeImportExtension(', '('), map: null }),
  },
  // Properties that start with an underscore are private to a bundle by convention, so their names may shrink.
  minify &&
    terser({
      ecma: 2020,
      module: true,
      compress: {
        passes: notice ? 10 : 3,
        pure_getters: notice === allAtOnce,
        unsafe_arrows: true,
        unsafe_comps: true,
        unsafe_methods: true,
      },
      ...(notice ? { format: { comments: false, preamble: notice } } : {}),
      // Lit's own private names begin with _$.
      mangle: { properties: { regex: notice.startsWith('/*') ? /^_[a-z$]/i : /^_[a-z]/i } },
    }),
  // What terser leaves of line breaks stands in templates and style sheets, where a blank means the same.
  notice.startsWith('/*') && {
    name: 'one-line',
    renderChunk: (code) => ({ code: code.trim().replace(/\n\s*/g, ' '), map: null }),
  },
];

const script = (input, file, target = 'es2020', notice = '') => ({
  input,
  output: { file, format: 'iife', sourcemap: true },
  plugins: plugins(target, true, notice),
});

const library = (input, file, { target = 'es2020', minify = false } = {}) => ({
  input,
  // In the page every byte counts: its maps lie beside the files, without a comment in them that leads there.
  output: { file, format: 'es', sourcemap: minify ? 'hidden' : true },
  plugins: plugins(target, minify),
});

/** A library with parts that its user's bundler may load on demand. */
const chunks = (input, name, { target = 'es2020', external = [], minify = true } = {}) => ({
  input: { [name]: input },
  output: {
    dir: 'dist/esm',
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: `${name}-[name].js`,
  },
  external,
  plugins: [rescueBeside, ...plugins(target, minify)],
});

export default [
  script('src/tracker/script.ts', 'dist/waymark.js', 'es2020', allAtOnce),
  // What few pages use: loaded beside waymark.js when an option asks for it.
  library('src/tracker/more.ts', 'dist/waymark-more.js', { minify: true }),
  library('src/tracker/debug.ts', 'dist/waymark-debug.js', { minify: true }),
  // For events that are not answered at once.
  library('src/transport/rescue.ts', 'dist/waymark-rescue.js', { minify: true }),
  // For the pages that show a call code; they load it beside waymark.js.
  script('src/tracker/call-code.ts', 'dist/waymark-call-code.js'),
  // For companies with several domains.
  script('src/tracker/cross-domain.ts', 'dist/waymark-cross-domain.js'),
  // One notice for all of lit's files, which repeat it.
  script('src/widget/script.ts', 'dist/widget.js', 'es2022', '/*! lit: Copyright Google LLC, BSD-3-Clause */'),
  chunks('src/tracker/index.ts', 'tracker'),
  library('src/transport/rescue.ts', 'dist/esm/tracker-rescue.js', { minify: true }),
  library('src/transport/index.ts', 'dist/esm/transport.js', { minify: true }),
  chunks('src/widget/index.ts', 'widget', { target: 'es2022', external: [/^lit/], minify: false }),
  // What few agents need at once of the script-tag widget, loaded from beside it at its first use.
  library('src/widget/more.ts', 'dist/widget-more.js', { target: 'es2022', minify: true }),
  // Languages of the script-tag widget: loaded from beside it when a browser wants one.
  ...['fr', 'es', 'ar'].map((locale) =>
    library(`src/widget/languages/${locale}.ts`, `dist/widget-${locale}.js`, { target: 'es2022', minify: true }),
  ),
];
