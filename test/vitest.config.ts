import { defineConfig, type Plugin } from 'vitest/config';

/** Tests in a browser, once more in another. Those of the transport's faults start both by themselves. */
const inFirefox = {
  name: 'firefox',
  include: [
    'tracker/{anywhere,calls,consent,embedding,journey,more,visits}.test.ts',
    'widget/{customer-journey-widget,safety}.test.ts',
  ],
  env: { TEST_BROWSER: 'firefox' },
};
/** By hand, `npm run test:webkit`: its driver hangs once in some hundreds of tests. */
const inWebKit = {
  name: 'webkit',
  include: ['tracker/{anywhere,calls,consent,embedding,journey,visits}.test.ts', 'faults/page/*.test.ts'],
  env: { TEST_BROWSER: 'webkit' },
};

/** The store's threads start from what was built: in half the time that Node needs to strip their sources of types. */
const builtThreads: Plugin = {
  name: 'built-threads',
  transform: (code, id) =>
    id.endsWith('/store/drivers/sqlite/requests.ts')
      ? code.replace('`./', '`../../../../dist/lib/store/drivers/sqlite/').replace('extname(import.meta.url)', '".js"')
      : undefined,
};

export default defineConfig({
  plugins: [builtThreads],
  test: {
    dir: 'test',
    globalSetup: 'test/build.ts',
    projects:
      process.env['TEST_BROWSER'] === 'webkit'
        ? [{ extends: true, test: inWebKit }]
        : [
            { extends: true, test: { name: 'all', include: ['**/*.test.ts'] } },
            ...(process.env['FIREFOX_PATH'] ? [{ extends: true as const, test: inFirefox }] : []),
          ],
    // Browsers and disks of a busy two-core machine: slow is not wrong.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    pool: 'forks',
  },
});
