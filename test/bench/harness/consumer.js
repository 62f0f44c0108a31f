import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PACKAGES = ['packages/core', 'packages/recording', 'packages/server', 'tools'];

/**
 * Makes an app that has the packages of a checkout as npm would install them: vitest transforms what
 * is linked, and loads what is in `node_modules` as it is.
 */
export function makeConsumer(root) {
  const path = mkdtempSync(join(tmpdir(), 'livecall-bench-app-'));
  const modules = join(path, 'node_modules');
  mkdirSync(join(modules, '@livecall'), { recursive: true });
  writeFileSync(join(path, 'package.json'), '{"type":"module","private":true}');
  writeFileSync(join(path, 'vitest.config.js'), 'export default { test: { cache: false } };');
  for (const from of PACKAGES.map((name) => join(root, name)).filter(existsSync)) {
    const to = join(modules, '@livecall', from.slice(dirname(from).length + 1));
    cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
    const { publishConfig, ...manifest } = JSON.parse(
      readFileSync(join(from, 'package.json'), 'utf8'),
    );
    writeFileSync(join(to, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }));
    for (const name of findModules(join(from, 'node_modules'))) {
      const link = join(modules, name);
      if (existsSync(link)) continue;
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(realpathSync(join(from, 'node_modules', name)), link);
    }
  }
  return {
    path,
    /** Writes test files that begin with an import, in a folder that is named for it. */
    writeTests: (name, count, code) => {
      const folder = join(path, 'tests', name.replaceAll(/\W/g, '-'));
      mkdirSync(folder, { recursive: true });
      for (let index = 0; index < count; index += 1) {
        writeFileSync(
          join(folder, `${index}.test.js`),
          `${code}\nimport { test } from 'vitest';\ntest('does nothing', () => {});\n`,
        );
      }
    },
    remove: () => rmSync(path, { recursive: true }),
  };
}

/** The names under a `node_modules`, those in a scope included; livecall's own are copied. */
function findModules(folder) {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && name !== '@livecall')
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(folder, name)).map((one) => `${name}/${one}`)
        : [name],
    );
}
