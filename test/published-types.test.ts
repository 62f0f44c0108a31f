import { afterAll, expect, it } from 'vitest';

import { makeApp } from './fixtures/app.js';
import { compile } from './fixtures/compile.js';

/* The types as they are published, in the strictest app: of a page's, nothing knows of Node. */

const app = makeApp();
afterAll(() => {
  app[Symbol.dispose]();
});

/** What the compiler says of an app that imports these, with the types of no one else around. */
async function compileImports(entries: readonly string[], skipLibCheck: boolean) {
  const imports = entries.map(
    (entry, index) => `import * as entry${index} from '${entry}';\nconsole.log(entry${index});\n`,
  );
  app.write('app.ts', imports.join(''));
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom'], types: [] },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck, noEmit: true },
    // The libraries of TypeScript are not livecall's.
    skipDefaultLibCheck: true,
  };
  app.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['app.ts'] }));
  return await compile(app.path);
}

it('has nothing of Node in the types of what runs anywhere', async () => {
  const anywhere = [
    ...['@livecall/core', '@livecall/core/browser', '@livecall/core/codecs'],
    ...['@livecall/recording/format', '@livecall/tools/replay'],
  ];

  expect((await compileImports(anywhere, false)).complaint).toBe('');
});

it('has nothing of ws in the types of what runs in Node', async () => {
  const inNode = [
    '@livecall/core/node',
    '@livecall/server',
    '@livecall/recording',
    '@livecall/tools',
  ];
  const { files } = await compileImports(inNode, true);

  for (const entry of ['core/dist/node/index', 'server/dist/index', 'recording/dist/index']) {
    expect(files).toContainEqual(expect.stringContaining(`/${entry}.d.ts`));
  }
  // An app has `ws` by livecall, and its types, `@types/ws`, by nobody.
  expect(files.filter((file) => file.includes('/@types/ws/'))).toEqual([]);
});
