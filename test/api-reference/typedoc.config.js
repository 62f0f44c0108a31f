// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Converter } from 'typedoc';

/*
 * The API reference of every entry of every package, from the docstrings: `npm run docs:api`. What
 * can be imported is what the manifests export, so that none is forgotten; a link that leads nowhere
 * and a type that cannot be named are errors.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

const packages = [...readdirSync(`${root}packages`).map((name) => `packages/${name}`), 'tools']
  .filter((path) => existsSync(`${root}${path}/package.json`))
  .map((path) => ({
    path,
    manifest: JSON.parse(readFileSync(`${root}${path}/package.json`, 'utf8')),
  }))
  .filter(({ manifest }) => manifest.private !== true);

/** What is imported, and the file of it: `@livecall/core/node`, `packages/core/src/node/index.ts`. */
const entries = packages.flatMap(({ path, manifest }) =>
  Object.entries(manifest.exports).flatMap(([entry, { types }]) =>
    types === undefined
      ? []
      : [
          {
            name: `${manifest.name}${entry.slice(1)}`,
            file: `${root}${path}/${types.replace('./dist/', 'src/').replace('.d.ts', '.ts')}`,
          },
        ],
  ),
);
/** Of livecall's own packages alone. */
const shown = entries.filter(({ name }) => !name.endsWith('/internal'));

/** @param {import('typedoc').Application} app */
function nameModules(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const file = module.sources?.[0]?.fullFileName;
      module.name = shown.find((entry) => entry.file === file)?.name ?? module.name;
    }
  });
}

export default {
  name: 'livecall',
  entryPoints: shown.map(({ file }) => file),
  tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
  compilerOptions: { paths: Object.fromEntries(entries.map(({ name, file }) => [name, [file]])) },
  // npm run check has looked.
  skipErrorChecking: true,
  out: `${root}api`,
  readme: 'none',
  includeVersion: true,
  disableGit: true,
  sourceLinkTemplate: '{path}:{line}',
  excludeExternals: true,
  plugin: [nameModules],
  validation: { notExported: true, invalidLink: true, notDocumented: false },
  treatWarningsAsErrors: true,
};
