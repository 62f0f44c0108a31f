import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';
import { afterAll, expect, it } from 'vitest';

/* What an editor shows of the messages, as they are published. */

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livecall-hovers-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
symlinkSync(join(root, 'test', 'node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, 'package.json'), '{"type":"module"}');

/** An app of somebody's; a name is hovered where `/*?*\/` stands before it. */
const app = join(folder, 'app.ts');
writeFileSync(
  app,
  `import { joinCall, liveCall, sendCommand } from '@livecall/core';
import type { Ack, CallEnd, CallStart, EndCall, ErrorMessage, JoinCall, LiveCall, Role } from '@livecall/core';
import type { ScreeningEnd, ServerMessage, Transcript, UnknownMessage } from '@livecall/core';
import { filter } from 'rxjs';

declare const call: LiveCall;
declare const role: Role;
call.transcript$.subscribe((said) => [/*?said*/said, said./*?said.role*/role, said./*?said.offset*/offset]);
call.events$.subscribe((event) => {
  if (event.type === 'event:end') [/*?ended*/event, event./*?ended.type*/type, event./*?ended.msg*/msg];
  if (event.type === 'event:start') [/*?started*/event, event./*?started.phone*/phone];
});
call.messages$.subscribe(({ message }) => {
  if (message.type === 'ack') [/*?acked*/message, message./*?acked.ackId*/ackId];
  if (message.type === 'unknown') [message./*?unknown.received*/received];
});
call.events$.pipe(filter((event) => event.type === 'event:callEnd')).subscribe((end) => /*?end*/end);
console.log(/*?joinCall*/joinCall, joinCall./*?joinCall.type*/type, /*?role*/role);

export type Messages = [Ack, CallEnd, CallStart, EndCall, ErrorMessage, JoinCall, ScreeningEnd, Transcript, UnknownMessage];
export { liveCall, sendCommand };
export type { ServerMessage };
`,
);

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  exactOptionalPropertyTypes: true,
  types: [],
};
const service = ts.createLanguageService({
  getScriptFileNames: () => [app],
  getScriptVersion: () => '1',
  getScriptSnapshot: (path) => {
    const text = ts.sys.readFile(path);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => folder,
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
});

/** What is shown over a name: its type, and what is said of it. */
function hover(name: string): { readonly shown: string; readonly said: string } {
  const text = ts.sys.readFile(app) ?? '';
  const mark = `/*?${name}*/`;
  const info = service.getQuickInfoAtPosition(app, text.indexOf(mark) + mark.length);
  return {
    shown: ts.displayPartsToString(info?.displayParts),
    said: ts.displayPartsToString(info?.documentation),
  };
}

it('compiles in an app', () => {
  expect(service.getSemanticDiagnostics(app).map(({ messageText }) => messageText)).toEqual([]);
});

it.each([
  ['said', '(parameter) said: Transcript'],
  ['started', '(parameter) event: CallStart'],
  ['ended', '(parameter) event: ScreeningEnd'],
  ['end', '(parameter) end: CallEnd'],
  ['acked', '(parameter) message: Ack'],
  ['said.role', '(property) Transcript.role: Role'],
  ['said.offset', '(property) Transcript.offset?: Offset'],
  ['unknown.received', '(property) UnknownMessage.received: UnpublishedMessage'],
  ['role', 'const role: Role'],
  ['joinCall.type', '(property) type: "client:joinCall"'],
])('shows %s as %s', (name, shown) => {
  expect(hover(name).shown).toBe(shown);
});

it.each([
  ['said.role', '`other` the caller'],
  ['said.offset', 'its unit is not published'],
  ['started.phone', 'E.164'],
  ['ended.type', 'not of the call'],
  ['ended.msg', 'how the screening ended'],
  ['acked.ackId', 'The `id` of the command'],
  ['unknown.received', 'every field of it'],
  ['joinCall', 'transferred to the user'],
])('says at %s: %s', (name, said) => {
  expect(hover(name).said).toContain(said);
});

it('says of every published field what it is', () => {
  const program = service.getProgram();
  const source = program?.getSourceFile(app);
  if (program === undefined || source === undefined) throw new Error('The app is not read.');
  const checker = program.getTypeChecker();
  const alias = source.statements.find((one) => ts.isTypeAliasDeclaration(one));
  const messages = checker.getTypeArguments(
    checker.getTypeAtLocation(alias as ts.Node) as ts.TypeReference,
  );
  const fields = messages.flatMap((message) =>
    message.getProperties().map((field) => ({
      name: `${message.symbol.name}.${field.name}`,
      said: ts.displayPartsToString(field.getDocumentationComment(checker)),
    })),
  );

  expect(fields.length).toBeGreaterThan(18);
  const untold = fields.filter(({ name, said }) => said === '' && !name.endsWith('.type'));
  expect(untold.map(({ name }) => name)).toEqual([]);
});
