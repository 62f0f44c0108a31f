import { headers } from '@nats-io/transport-node';
import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import { expect, it } from 'vitest';

import { readEntryHeaders, toEntryHeaders } from './entry-headers.js';

/** A message as the client has it: its data is a part of what was received. */
function received(written: MsgHdrs | undefined, before = 'HMSG a.b 1 100 107\r\n') {
  const block = Buffer.from(
    (written as { encode?: () => Uint8Array } | undefined)?.encode?.() ?? '',
  );
  const chunk = Buffer.concat([Buffer.from(before), block, Buffer.from('{"a":1}'), END]);
  const { buffer, byteOffset } = chunk;
  const data = new Uint8Array(buffer, byteOffset + before.length + block.length, 7);
  let asked = 0;
  const message = {
    data,
    get headers() {
      asked += 1;
      return written;
    },
  } as Msg;
  return { message, asked: () => asked };
}

const END = Buffer.from('\r\n');

it('reads what a worker writes without asking the client for it', () => {
  const id = `${'a'.repeat(128)}.123456789012345-123456789012345.123456789012345`;
  const { message, asked } = received(toEntryHeaders(id, 987_654_321_098_765));

  expect(readEntryHeaders(message)).toEqual({ id, behind: 987_654_321_098_765 });
  expect(asked()).toBe(0);
});

it('reads what anybody else writes as the client does', () => {
  const written = headers();
  written.set('Nats-Msg-Id', 'call.1-1.2');
  expect(readEntryHeaders(received(written).message)).toEqual({
    id: 'call.1-1.2',
    behind: undefined,
  });
  written.set('Nats-Expected-Last-Subject-Sequence', '7');
  written.set('Traced', 'yes');
  expect(readEntryHeaders(received(written).message)).toEqual({ id: 'call.1-1.2', behind: 7 });
});

it.each(['', 'MSG a.b 1 7\r\n', `${'x'.repeat(400)}NATS/1.0\r\n\r\n`])(
  'finds none where there are none, whatever stands before: %j',
  (before) => {
    expect(readEntryHeaders(received(undefined, before).message)).toEqual({
      id: '',
      behind: undefined,
    });
  },
);
