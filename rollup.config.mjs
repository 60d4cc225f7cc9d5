// The page bundles. Server code and all type declarations come from `tsc -b` into dist/lib.
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import typescript from '@rollup/plugin-typescript';

const plugins = (target, minify) => [
  nodeResolve({ browser: true }),
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
  // Properties that start with an underscore are private to a bundle by convention, so their names may shrink.
  minify &&
    terser({
      ecma: 2020,
      module: true,
      compress: { passes: 3, unsafe_arrows: true, unsafe_comps: true },
      mangle: { properties: { regex: /^_[a-z]/i } },
    }),
];

const script = (input, file, target = 'es2020') => ({
  input,
  output: { file, format: 'iife', sourcemap: true },
  plugins: plugins(target, true),
});

const library = (input, file, { target = 'es2020', external = [], minify = false } = {}) => ({
  input,
  output: { file, format: 'es', sourcemap: true },
  external,
  plugins: plugins(target, minify),
});

export default [
  script('src/tracker/script.ts', 'dist/waymark.js'),
  script('src/widget/script.ts', 'dist/widget.js', 'es2022'),
  library('src/tracker/index.ts', 'dist/esm/tracker.js', { minify: true }),
  library('src/transport/index.ts', 'dist/esm/transport.js', { minify: true }),
  library('src/widget/index.ts', 'dist/esm/widget.js', {
    target: 'es2022',
    external: [/^lit/],
  }),
];
