import { ack, scenario } from '@livecall/recording';
import { expect, it } from 'vitest';

import type { Divergence } from './divergence.js';
import { locateDivergence, showAround } from './locate-divergence.js';

const divergence: Divergence = { kind: 'mismatch', at: 'call:1', expected: 'a', actual: 'b' };

it('shows what entries are, and nothing of what was said in them', () => {
  const recording = scenario()
    .refuse(503)
    .fail('timeout')
    .start({ phone: '+14155552671' })
    .send('Marta')
    .send({ type: 'event:transfer', to: 'Marta' })
    .mark('Marta calls')
    .onJoin(ack())
    .onFrame('Marta')
    .close(1008, { reason: 'Marta' })
    .toRecording('call.ndjson');
  const shown = recording.entries.map((_entry, index) => {
    const rows = showAround(locateDivergence({ ...divergence }, { recording, index }));
    return rows.find((row) => row.startsWith('>'))?.replace(/ +/g, ' ');
  });

  expect(shown).toEqual([
    '> line 2 the dial is refused with 503',
    '> line 3 the dial fails: timeout',
    '> line 4 the connection opens',
    '> line 5 server: event:start',
    '> line 6 server: an invalid frame',
    '> line 7 server: a message of unknown type',
    '> line 8 a mark',
    '> line 9 client: client:joinCall',
    '> line 10 server: ack',
    '> line 11 client: an invalid frame',
    '> line 12 server: closes with 1008',
    '> line 13 the end',
  ]);
});

it('shows nothing of what is at no entry', () => {
  expect(showAround(divergence)).toEqual([]);
});
