import { fileURLToPath } from 'node:url';

import { ESLint } from 'eslint';
import { expect, it } from 'vitest';

/* The arrows of the house, as eslint holds them: each rule bites, and lets by what is right. */

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // Without types it takes a tenth of the time, and these rules want none.
  overrideConfig: [
    { linterOptions: { reportUnusedDisableDirectives: 'off' } },
    { languageOptions: { parserOptions: { projectService: false } } },
  ],
  ruleFilter: ({ ruleId }) => ruleId.startsWith('no-restricted-'),
});

/** What is said of a file of this name that holds only this. */
async function complain(filePath: string, code: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  return result?.messages.map(({ message }) => message) ?? [];
}

const CHANNEL = 'packages/core/src/channel.ts';

it.each([
  ['core', 'the packages above', CHANNEL, "import { serve } from '@livecall/server';"],
  ['core', 'Node', CHANNEL, "import { once } from 'node:events';"],
  ['core', 'ws', CHANNEL, "import { WebSocket } from 'ws';"],
  ['core', "Node's globals", CHANNEL, 'export const bytes = Buffer.from([]);'],
  ['core', "the live call's folder", CHANNEL, "import { Ack } from './protocol/messages.js';"],
  ['core', 'the words of the live call', CHANNEL, "export const end = 'event:callEnd';"],
  ['core', 'an index', CHANNEL, "import { channel } from './index.js';"],
  ['server', 'tools', 'packages/server/src/serve.ts', "import { replay } from '@livecall/tools';"],
  [
    'server',
    'recording',
    'packages/server/src/serve.ts',
    "import { record } from '@livecall/recording';",
  ],
  [
    'recording',
    'server',
    'packages/recording/src/record.ts',
    "import { serve } from '@livecall/server';",
  ],
  [
    'recording',
    'the words of the live call',
    'packages/recording/src/redaction/redactor.ts',
    "export const id = 'ackId';",
  ],
  [
    'the format',
    'redaction',
    'packages/recording/src/format/recording.ts',
    "import { createRedactor } from '../redaction/redactor.js';",
  ],
  [
    'the format',
    'Node',
    'packages/recording/src/format/decode-lines.ts',
    "import { openSync } from 'node:fs';",
  ],
  [
    'opentelemetry',
    'server',
    'packages/opentelemetry/src/measure-relay.ts',
    "import type { Relay } from '@livecall/server';",
  ],
  ['fleet', 'tools', 'packages/fleet/src/job.ts', "import { replay } from '@livecall/tools';"],
  ['replay', 'a server', 'tools/src/replay/replay.ts', "import { serve } from '@livecall/server';"],
  [
    'replay',
    'the recorder',
    'tools/src/replay/replay.ts',
    "import { record } from '@livecall/recording';",
  ],
  [
    'replay',
    'the command line',
    'tools/src/replay/replay.ts',
    "import { say } from '../command-line/say.js';",
  ],
  ['faults', 'Node', 'tools/src/faults/place.ts', "import { types } from 'node:util';"],
  [
    'faults',
    'the words of the live call',
    'tools/src/faults/place.ts',
    'export const at = `client:joinCall`;',
  ],
  [
    'the command line',
    'an index',
    'tools/src/command-line/say.ts',
    "import { replay } from '../index.js';",
  ],
])('keeps %s from %s', async (_room, _what, path, code) => {
  expect(await complain(path, code)).toHaveLength(1);
});

it.each([
  ['packages/core/src/live-call.ts', "import { joinCall } from './protocol/commands.js';"],
  ['packages/core/src/node/heartbeat.ts', "import { WebSocket } from 'ws';"],
  ['packages/core/src/protocol/messages.ts', "export const type = 'event:callEnd';"],
  ['packages/server/src/serve.ts', "import { failureName } from '@livecall/core/internal';"],
  ['packages/recording/src/recording-file.ts', "import { openSync } from 'node:fs';"],
  ['tools/src/replay/replay.ts', "import { toFrame } from '@livecall/recording/format';"],
  ['tools/src/serve-replays.ts', "import { serve } from '@livecall/server';"],
])('lets %s import what is its own', async (path, code) => {
  expect(await complain(path, code)).toEqual([]);
});
