import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';
import { afterAll, expect, it } from 'vitest';

/* The types as they are published, in the strictest app: of a page's, nothing knows of Node. */

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livecall-published-types-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
symlinkSync(join(root, 'test', 'node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, 'package.json'), '{"type":"module"}');

/** What the compiler says of an app that imports these, with the types of no one else around. */
function complain(...entries: readonly string[]): readonly string[] {
  return ts
    .getPreEmitDiagnostics(compile(...entries))
    .map(({ file, messageText }) =>
      [
        file?.fileName.replace(/^.*\/packages\//, ''),
        ts.flattenDiagnosticMessageText(messageText, ' '),
      ].join(': '),
    );
}

function compile(...entries: readonly string[]): ts.Program {
  const app = join(folder, 'app.ts');
  const imports = entries.map(
    (entry, index) => `import * as entry${index} from '${entry}';\nconsole.log(entry${index});\n`,
  );
  writeFileSync(app, imports.join(''));
  return ts.createProgram([app], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    types: [],
    noEmit: true,
  });
}

it('has nothing of Node in the types of what runs anywhere', () => {
  const anywhere = [
    ...[
      '@livecall/core',
      '@livecall/core/browser',
      '@livecall/core/codecs',
      '@livecall/recording/format',
    ],
    '@livecall/tools/replay',
  ];

  expect(complain(...anywhere)).toEqual([]);
});

it('has nothing of ws in the types of what runs in Node', () => {
  const inNode = [
    '@livecall/core/node',
    '@livecall/server',
    '@livecall/recording',
    '@livecall/tools',
  ];
  const files = compile(...inNode)
    .getSourceFiles()
    .map(({ fileName }) => fileName);

  for (const entry of ['core/dist/node/index', 'server/dist/index', 'recording/dist/index']) {
    expect(files).toContainEqual(expect.stringContaining(`/${entry}.d.ts`));
  }
  // An app has `ws` by livecall, and its types, `@types/ws`, by nobody.
  expect(files.filter((file) => file.includes('/@types/ws/'))).toEqual([]);
});
