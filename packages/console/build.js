import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Builds the page into tools/dist/console.html, one file with its script and its styles in it: the
 * console serves it, and `show --html` writes a recording into it. A page whose sources are those of
 * last time is not built again.
 */

const own = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../../tools/dist/console.html', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is bundled for Node is none of its. */
const BUILT = /^(?!bundled).*\.js$/;

/** Everything that is in the page or decides how it is built. */
const sources = [
  ...['build.js', 'index.html', 'package.json'].map((name) => join(own, name)),
  ...find(join(own, 'src'), /(?<!\.test)\.(ts|tsx|css)$/),
  ...find(join(root, 'packages/core/dist'), BUILT),
  ...find(join(root, 'packages/recording/dist'), BUILT),
  join(root, 'pnpm-lock.yaml'),
];
const stamp = `<!-- ${toHash(sources.map((path) => readFileSync(path)))} -->`;

if (!readOrNothing(target).endsWith(`${stamp}\n`)) await build();

async function build() {
  const { build: bundle } = await import('vite');
  const { output } = await bundle({
    root: own,
    configFile: false,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: { input: join(own, 'src/main.tsx') },
    },
  });
  const script = output.find(({ type }) => type === 'chunk').code.trim();
  const style = output.find(({ fileName }) => fileName.endsWith('.css')).source.trim();
  const policy = [
    "default-src 'none'",
    `script-src '${toIntegrity(script)}'`,
    `style-src '${toIntegrity(style)}'`,
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // By functions: a replacement text would be searched for `$&`.
  const page = readFileSync(join(own, 'index.html'), 'utf8')
    .replace(
      '<meta name="viewport"',
      (meta) => `<meta http-equiv="Content-Security-Policy" content="${policy}" />\n    ${meta}`,
    )
    .replace('</head>', (end) => `<style>${style}</style>\n  ${end}`)
    .replace('</body>', (end) => `<script type="module">${script}</script>\n  ${end}`);
  mkdirSync(join(target, '..'), { recursive: true });
  writeFileSync(target, `${page}${stamp}\n`);
}

function find(folder, pattern) {
  return readdirSync(folder, { recursive: true })
    .filter((path) => pattern.test(path))
    .sort()
    .map((path) => join(folder, path));
}

function toHash(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function toIntegrity(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function readOrNothing(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}
