import { frames } from './frames.js';

/** What is sent in a call: the subscriber joins again and again, and ends it. */
const COMMANDS = 6;

/**
 * A call of so many frames of the server's: what the server says, and after which of it the client
 * commands; the server answers each command before it says more.
 */
export function conversation(count, { seed = 1 } = {}) {
  const said = frames(count - COMMANDS - 1, { seed }).filter((text) => !text.includes('"ack"'));
  const missing = count - COMMANDS - 1 - said.length;
  const more = Array.from({ length: missing }, (_, at) =>
    JSON.stringify({ type: 'transcript', msg: 'Yes.', role: 'user', offset: count + at }),
  );
  const all = [...said, ...more];
  const parts = Array.from({ length: COMMANDS }, (_, at) =>
    all.slice((at * all.length) / COMMANDS, ((at + 1) * all.length) / COMMANDS),
  );
  return parts.map((texts, at) => ({
    texts: [...texts.slice(0, -1), toCue(texts.at(-1), at)],
    command: at === COMMANDS - 1 ? 'client:endCall' : 'client:joinCall',
  }));
}

/** The frame after which the client commands. */
const toCue = (_text, at) =>
  JSON.stringify({ type: 'transcript', msg: CUE, role: 'user', offset: `cue ${at}` });
export const CUE = 'Now.';
export const CALL_END = '{"type":"event:callEnd","timestamp":"2026-11-22T10:00:00.000Z"}';

/** The conversation as a recording's text; a frame every so many milliseconds. */
export function toNdjson(parts, everyMs = 1_500) {
  let at = 0;
  const lines = [{ livecall: 1, recordedAt: '2026-11-22T09:00:00.000Z' }];
  const add = (entry) => lines.push({ at, ...entry });
  const frame = (from, text) => {
    at += everyMs;
    add({ event: 'frame', from, json: JSON.parse(text) });
  };
  add({ event: 'open', status: 101 });
  parts.forEach(({ texts, command }, index) => {
    for (const text of texts) frame('server', text);
    frame('client', JSON.stringify({ type: command, id: `command-${index}` }));
    frame('server', JSON.stringify({ type: 'ack', ackId: `command-${index}` }));
  });
  frame('server', CALL_END);
  add({ event: 'close', from: 'server', code: 1000, reason: '' });
  add({ event: 'end' });
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** How much is said by the server, and how much by the client. */
export function toExpected(parts) {
  const heard = parts.reduce((sum, { texts }) => sum + texts.length + 1, 1);
  return { heard, acknowledged: parts.length };
}
