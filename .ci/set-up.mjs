// The one set-up script, with no dependencies: `node .ci/set-up.mjs build | demo | test | webkit | screenshots | run FILE [arguments]`.
// Brings what a fresh machine lacks (a current Node, the packages, for tests browsers and strace), each once, then does the job.
// Everything it brings stays inside this folder, except what comes from Debian's packages.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const [job = 'build', ...rest] = process.argv.slice(2);

// Ctrl-C reaches the child as well; this process only waits for it to stop cleanly.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

withCurrentNode();
installPackages();
if (job === 'test' || job === 'screenshots') Object.assign(process.env, findBrowsers());
if (job === 'webkit') Object.assign(process.env, findWebKit());
// The test of the order of syncs watches the store with it; where it cannot be brought, that test says so.
if (job === 'test' && process.platform === 'linux' && !installed(['strace'])) fromDebian('strace');
if (job !== 'run') build();
start();

/** Node 22.18 and newer run the TypeScript of the tests as it is; an older one is replaced for this run only. */
function withCurrentNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return;
  const folder = join(root, '.node', 'node_modules', 'node', 'bin');
  const node = join(folder, windows ? 'node.exe' : 'node');
  if (!existsSync(node)) {
    say(`Node ${process.versions.node} is older than 22.18: bringing Node 22 from npm into .node/`);
    npm([
      'install',
      '--prefix',
      join(root, '.node'),
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      'node@22',
    ]);
  }
  const env = {
    ...process.env,
    PATH: folder + delimiter + process.env.PATH,
    npm_node_execpath: node,
  };
  process.exit(
    spawnSync(node, [fileURLToPath(import.meta.url), job, ...rest], {
      cwd: root,
      env,
      stdio: 'inherit',
    }).status ?? 1,
  );
}

/** Packages are installed when package-lock.json is not the one they were installed from. */
function installPackages() {
  const stamp = join(root, 'node_modules', '.installed-from');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('Installing packages');
  // `install` and not `ci`: a registry may lack the native parts of other platforms, then they are not in the lock file
  // either, and `ci` would refuse it. No install script is needed: better-sqlite3 brings its native part prebuilt.
  npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}

/** CHROMIUM_PATH, else an installed browser, else Playwright's download, else Debian's package. The others likewise. */
function findBrowsers() {
  const chromium =
    process.env.CHROMIUM_PATH ||
    installed(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) ||
    first([
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ]) ||
    downloaded('chromium') ||
    fromDebian('chromium');
  if (!chromium || !existsSync(chromium)) {
    fail(
      `No Chromium at ${chromium || 'any usual place'}: install Chromium or Chrome, or set CHROMIUM_PATH to its executable.`,
    );
  }
  // The others are tested where they are; only Debian's packages bring them, for Playwright's are not those people use.
  const firefox =
    process.env.FIREFOX_PATH ||
    installed(['firefox-esr', 'firefox']) ||
    first(['/Applications/Firefox.app/Contents/MacOS/firefox']) ||
    fromDebian('firefox-esr');
  if (!firefox) say('No Firefox here: the tests in it are left out');
  return { CHROMIUM_PATH: chromium, ...(firefox && { FIREFOX_PATH: firefox }) };
}

/** WEBKIT_DRIVER_PATH, else an installed one, else Debian's; with Xvfb, so that no window shows. */
function findWebKit() {
  const driver =
    process.env.WEBKIT_DRIVER_PATH ||
    (installed(['Xvfb']) && installed(['WebKitWebDriver'])) ||
    fromDebian('webkit2gtk-driver', 'WebKitWebDriver', 'xvfb');
  if (!driver) fail('No WebKitWebDriver and Xvfb: install them (on Debian webkit2gtk-driver and xvfb).');
  return { TEST_BROWSER: 'webkit', WEBKIT_DRIVER_PATH: driver };
}

function installed(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return first(names.flatMap((name) => folders.map((folder) => join(folder, name))));
}

function first(paths) {
  return paths.find((path) => existsSync(path));
}

function downloaded(name) {
  const find = () => {
    const code = `import('playwright').then((p) => process.stdout.write(p.${name}.executablePath()))`;
    return first([
      spawnSync(process.execPath, ['-e', code], {
        cwd: root,
        encoding: 'utf8',
      }).stdout.trim(),
    ]);
  };
  const there = find();
  if (there) return there;
  if (isDebianRoot() && !canReach('cdn.playwright.dev')) return undefined;
  say(`Downloading ${name}`);
  const cli = join(root, 'node_modules', 'playwright', 'cli.js');
  spawnSync(process.execPath, [cli, 'install', name], {
    cwd: root,
    stdio: 'inherit',
    timeout: 300_000,
  });
  return find();
}

/** Spares the minutes that a download would retry for where its host cannot be reached. */
function canReach(host) {
  const code = `fetch('https://${host}', { method: 'HEAD', signal: AbortSignal.timeout(5000) }).then(() => process.exit(0), () => process.exit(1))`;
  return spawnSync(process.execPath, ['-e', code]).status === 0;
}

/** Returns where its program is now, or undefined. */
function fromDebian(name, program = name, ...others) {
  if (!isDebianRoot()) return undefined;
  say(`Installing ${[name, ...others].join(' and ')} from Debian's packages`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  spawnSync('apt-get', ['update', '-qq'], options);
  const names = [name, ...others, 'fonts-liberation'];
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options);
  return installed([program]);
}

function isDebianRoot() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

function build() {
  mkdirSync(join(root, 'dist'), { recursive: true });
  run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b']);
  run(process.execPath, [
    join('node_modules', 'rollup', 'dist', 'bin', 'rollup'),
    '-c',
    '--silent',
    '--failAfterWarnings',
  ]);
}

function start() {
  const files = {
    demo: 'demo-site/start.mjs',
    test: '.ci/test.mjs',
    webkit: '.ci/test.mjs',
    screenshots: 'docs/screenshots/make.mjs',
  };
  const [file, ...args] = job === 'run' ? rest : [files[job], ...rest];
  if (!file) return;
  process.exit(
    spawnSync(process.execPath, [join(root, file), ...args], {
      cwd: root,
      stdio: 'inherit',
    }).status ?? 1,
  );
}

function npm(args) {
  run(windows ? 'npm.cmd' : 'npm', args, { shell: windows });
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    ...options,
  });
  if (result.status !== 0) fail(`failed: ${command} ${args.join(' ')}`, result.status ?? 1);
}

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function fail(text, status = 1) {
  say(text);
  process.exit(status);
}
