import { liveCall } from '@livecall/core';
import type { LiveCallError, ServerMessage, Transport } from '@livecall/core';
import { ack, scenario } from '@livecall/recording';
import { catchError, defer, finalize, map } from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { replay } from '../replay/replay.js';
import { parseFault } from './parse-fault.js';

/* What a call makes of each fault, and what its consumer sees; docs/testing.md has the same in words. */

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/** The call that is disturbed. The client joins it at 16 ms, and hangs up at 60 ms if it must. */
const recording = scenario()
  .open({ after: 1 })
  .start({ after: 3 })
  .assistant('Who is calling?', { after: 4 })
  .caller('A parcel.', { after: 4 })
  .onJoin(ack({ after: 4 }), { after: 4 })
  .callEnd({ after: 12 })
  .close(1000, { after: 5 })
  .toRecording();

/** What the consumer sees. */
interface Seen {
  /** `c`onnecting, `o`pen, `O`pen again, `r`econnecting, closing (`e`); closed: call-`E`nded, `F`ailed, `H`ung-up. */
  readonly state: string;
  /** `s`tart, `t`ranscripts (`u` the caller's), `a`ck, call`e`nd, `x` an error, `h` unknown. */
  readonly heard: string;
  /** `x`, `y`: what they are stands in `words`. */
  readonly errors: string;
  /** `J`oined. */
  readonly joined: string;
  readonly words?: Readonly<Record<string, string>>;
  /** What the streams of messages fail with. */
  readonly failure?: string;
  /** What the command fails with. */
  readonly refusal?: string;
}

/** A fault by how it is written on the command line, or several, one behind the other. */
type Row = readonly [what: string, faults: string | readonly string[], seen: Seen];

const undisturbed: Seen = {
  state: ' co------------------------------e----(E|)',
  heard: ' ----s---t---u-------a-----------e----|',
  errors: '-------------------------------------|',
  joined: '--------------------(J|)',
};

/** A dial that fails after 1 ms, for good. */
const refused = (word: string): Seen => ({
  state: ' c(F|)',
  heard: ' -#',
  errors: '-(x|)',
  joined: '----------------#',
  words: { x: word },
  failure: word,
  refusal: 'CallEndedError',
});

/** A dial that fails after 1 ms, and is made again after 4. */
const refusedOnce = (word: string): Seen => ({
  state: ' cr----o-------------------------e----(E|)',
  heard: ' ---------s---t---u--a-----------e----|',
  errors: '-x-----------------------------------|',
  joined: '--------------------(J|)',
  words: { x: word },
});

/** An end after the second frame, for good. */
const closed = (word: string): Seen => ({
  state: ' co------(F|)',
  heard: ' ----s---(t#)',
  errors: '--------(x|)',
  joined: '----------------#',
  words: { x: word },
  failure: word,
  refusal: 'CallEndedError',
});

/** An end after the second frame; dialled again after 4 ms. */
const closedOnce = (word: string): Seen => ({
  state: ' co------r---O-------------------e----(E|)',
  heard: ' ----s---t---u-------a-----------e----|',
  errors: '--------x----------------------------|',
  joined: '--------------------(J|)',
  words: { x: word },
});

/** The second frame cannot be read. */
const skipped = (word: string): Seen => ({
  ...undisturbed,
  heard: ' ----s-------u-------a-----------e----|',
  errors: '--------x----------------------------|',
  words: { x: word },
});

/** The ack, which is due at 20 ms, does not count. */
const unconfirmed = (heard: string): Seen => ({
  ...undisturbed,
  heard,
  joined: '---------------------------#',
  refusal: 'AckTimeoutError',
});

const handshakes: readonly Row[] = [
  ['refused with 400', 'refuse:status=400,afterMs=1', refused('HandshakeRefusedError 400')],
  ['refused with 403', 'refuse:status=403,afterMs=1', refused('HandshakeRefusedError 403')],
  ['refused with 404', 'refuse:status=404,afterMs=1', refused('HandshakeRefusedError 404')],
  ['redirected', 'refuse:status=302,afterMs=1', refused('HandshakeRefusedError 302')],
  ['refused with 408', 'refuse:status=408,afterMs=1', refusedOnce('HandshakeRefusedError 408')],
  ['refused with 429', 'refuse:status=429,afterMs=1', refusedOnce('HandshakeRefusedError 429')],
  ['refused with 500', 'refuse:status=500,afterMs=1', refusedOnce('HandshakeRefusedError 500')],
  ['refused with 503', 'refuse:status=503,afterMs=1', refusedOnce('HandshakeRefusedError 503')],
  [
    'refused with 429 and a Retry-After',
    'refuse:status=429,retryAfterMs=6,afterMs=1',
    {
      ...undisturbed,
      state: ' cr------o-----------------------e----(E|)',
      heard: ' -----------s---t---ua-----------e----|',
      errors: '-x-----------------------------------|',
      words: { x: 'HandshakeRefusedError 429' },
    },
  ],
  [
    'refused with 429 and a Retry-After that its client does not outlast',
    'refuse:status=429,retryAfterMs=61000,afterMs=1',
    {
      ...refused('HandshakeRefusedError 429'),
      state: ' cr 58ms (H|)',
      heard: ' 60ms |',
      errors: '-x 58ms |',
      joined: '27ms #',
      refusal: 'NotOpenError',
    },
  ],
  [
    'refused with 401, and the new token is taken',
    'refuse:status=401,afterMs=1',
    {
      ...undisturbed,
      state: ' cr---o--------------------------e----(E|)',
      heard: ' --------s---t---u---a-----------e----|',
      errors: '-x-----------------------------------|',
      words: { x: 'HandshakeRefusedError 401' },
    },
  ],
  [
    'refused with 401, and the new token, too',
    'refuse:status=401,times=2,afterMs=1',
    {
      ...refused('HandshakeRefusedError 401'),
      state: ' cr---(F|)',
      heard: ' -----#',
      errors: '-x---(x|)',
    },
  ],
  [
    'not answered',
    'fail:reason=timeout,afterMs=4',
    {
      ...undisturbed,
      state: ' c---r----o----------------------e----(E|)',
      heard: ' ------------s---t---(ua)--------e----|',
      errors: '----x--------------------------------|',
      words: { x: 'HandshakeTimeoutError' },
    },
  ],
  [
    'never answered',
    'fail:reason=timeout,afterMs=4,times=Infinity',
    {
      state: ' c---r-------r-----------(F|)',
      heard: ' ------------------------#',
      errors: '----x-------x-----------(x|)',
      joined: '------------------------#',
      words: { x: 'HandshakeTimeoutError' },
      failure: 'HandshakeTimeoutError',
      refusal: 'CallEndedError',
    },
  ],
  [
    'nobody there, twice',
    'fail:times=2,afterMs=1',
    {
      state: ' cr----r--------o----------------------e----(E|)',
      heard: ' ------------------s---t---(ua)--------e----|',
      errors: '-x----x------------------------------------|',
      joined: '--------------------------(J|)',
      words: { x: 'ConnectFailedError ECONNREFUSED' },
    },
  ],
  [
    'nobody there',
    'fail:times=Infinity,afterMs=1',
    {
      ...refused('ConnectFailedError ECONNREFUSED'),
      state: ' cr----r--------(F|)',
      heard: ' ---------------#',
      errors: '-x----x--------(x|)',
    },
  ],
];

const ends: readonly Row[] = [
  ['closed with 1000', 'close:frames=2,code=1000', closedOnce('ConnectionClosedError 1000')],
  ['closed with 1001', 'close:frames=2,code=1001', closedOnce('ConnectionClosedError 1001')],
  ['closed without a code', 'close:frames=2,code=1005', closedOnce('ConnectionClosedError 1005')],
  ['cut', 'close:frames=2', closedOnce('ConnectionClosedError 1006')],
  ['closed with 1008', 'close:frames=2,code=1008', closed('ConnectionClosedError 1008')],
  ['closed with 1009', 'close:frames=2,code=1009', closed('ConnectionClosedError 1009')],
  ['closed with 1011', 'close:frames=2,code=1011', closedOnce('ConnectionClosedError 1011')],
  ['closed with 1012', 'close:frames=2,code=1012', closedOnce('ConnectionClosedError 1012')],
  ['closed with 1013', 'close:frames=2,code=1013', closedOnce('ConnectionClosedError 1013')],
  ['closed with 4401', 'close:frames=2,code=4401', closed('ConnectionClosedError 4401')],
  [
    'closed as it opens, each time',
    'close:dial=every,code=1013',
    {
      state: ' c(or)(Or)----(OF|)',
      heard: ' -------------#',
      errors: '-x---x-------(x|)',
      joined: '----------------#',
      words: { x: 'ConnectionClosedError 1013' },
      failure: 'ConnectionClosedError 1013',
      refusal: 'CallEndedError',
    },
  ],
  [
    'cut while a command waits',
    ['close:after=ack', 'drop:type=ack'],
    {
      state: ' co------------------r---O-------e----(E|)',
      heard: ' ----s---t---u-------------------e----|',
      errors: '--------------------x----------------|',
      joined: '--------------------#',
      words: { x: 'ConnectionClosedError 1006' },
      refusal: 'ConnectionLostError',
    },
  ],
  [
    'cut after the end of the call',
    'close:after=event:callEnd',
    {
      state: ' co------------------------------(eE|)',
      heard: ' ----s---t---u-------a-----------(e|)',
      errors: '--------------------------------|',
      joined: '--------------------(J|)',
    },
  ],
  [
    'closed with 1012, and the second dial with a 401',
    ['close:frames=3,code=1012', 'refuse:status=401,dial=2,afterMs=1'],
    {
      state: ' co----------r----r--O---------------e----(E|)',
      heard: ' ----s---t---u-----------a-----------e----|',
      errors: '------------x----y-----------------------|',
      joined: '------------------------(J|)',
      words: { x: 'ConnectionClosedError 1012', y: 'HandshakeRefusedError 401' },
    },
  ],
  [
    'closed with 1012, and the second and third dial with a 401',
    ['close:frames=3,code=1012', 'refuse:status=401,dial=2,times=2,afterMs=1'],
    {
      state: ' co----------r----r---(F|)',
      heard: ' ----s---t---u--------#',
      errors: '------------x----y---(y|)',
      joined: '---------------------#',
      words: { x: 'ConnectionClosedError 1012', y: 'HandshakeRefusedError 401' },
      failure: 'HandshakeRefusedError 401',
      refusal: 'CallEndedError',
    },
  ],
  [
    'cut, and the call is not found any more',
    ['close:frames=3', 'refuse:status=404,dial=2,afterMs=1'],
    {
      state: ' co----------r----(F|)',
      heard: ' ----s---t---u----#',
      errors: '------------x----(y|)',
      joined: '-----------------#',
      words: { x: 'ConnectionClosedError 1006', y: 'HandshakeRefusedError 404' },
      failure: 'HandshakeRefusedError 404',
      refusal: 'CallEndedError',
    },
  ],
];

const pauses: readonly Row[] = [
  [
    'falls silent for good',
    'stall:frames=2',
    {
      state: ' co 58ms (H|)',
      heard: ' ----s---t 51ms |',
      errors: '60ms |',
      joined: '---------------------------#',
      refusal: 'AckTimeoutError',
    },
  ],
  [
    'falls silent for a while',
    'stall:frames=2,ms=7',
    { ...undisturbed, heard: ' ----s---t------u----a-----------e----|' },
  ],
  [
    'is slow',
    'delay:ms=3',
    {
      state: ' co---------------------------------e----(E|)',
      heard: ' -------s---t---u-------a-----------e----|',
      errors: '----------------------------------------|',
      joined: '-----------------------(J|)',
    },
  ],
  [
    'is now slower, now faster',
    'delay:jitterMs=6',
    {
      state: ' co-------------------------------e----(E|)',
      heard: ' --------st-------u-------a-------e----|',
      errors: '--------------------------------------|',
      joined: '-------------------------(J|)',
    },
  ],
];

const frames: readonly Row[] = [
  [
    'comes twice',
    'duplicate:nth=2',
    { ...undisturbed, heard: ' ----s---(tt)u-------a-----------e----|' },
  ],
  ['is lost', 'drop:nth=2', { ...undisturbed, heard: ' ----s-------u-------a-----------e----|' }],
  [
    'comes after the next',
    'reorder:nth=2',
    { ...undisturbed, heard: ' ----s-------(ut)----a-----------e----|' },
  ],
  ['is not JSON', 'garble:nth=2,as=bad-json', skipped('InvalidFrameError JSON')],
  ['has wrong types', 'garble:nth=2,as=wrong-types', skipped('InvalidFrameError msg')],
  [
    'has an unknown type',
    'garble:nth=2,as=unknown-type',
    { ...undisturbed, heard: ' ----s---h---u-------a-----------e----|' },
  ],
  ['is bytes that are no text', 'garble:nth=2,as=binary', skipped('InvalidFrameError JSON')],
  ['is empty', 'garble:nth=2,as=empty', skipped('InvalidFrameError JSON')],
  [
    'comes after the end of the call',
    'insert:after=event:callEnd,frame={"type":"transcript","msg":"Bye.","role":"other"}',
    { ...undisturbed, heard: ' ----s---t---u-------a-----------(eu)-|' },
  ],
  [
    'ends the call twice',
    'duplicate:type=event:callEnd',
    { ...undisturbed, heard: ' ----s---t---u-------a-----------(ee)-|' },
  ],
  [
    'that ends the call is lost',
    'drop:type=event:callEnd',
    {
      ...undisturbed,
      state: ' co-----------------------------------r---(F|)',
      heard: ' ----s---t---u-------a--------------------#',
      errors: '-------------------------------------y---(x|)',
      words: { x: 'EndedWithoutCallEndError', y: 'ConnectionClosedError 1000' },
      failure: 'EndedWithoutCallEndError',
    },
  ],
];

const acks: readonly Row[] = [
  ['never comes', 'drop:type=ack', unconfirmed('----s---t---u-------------------e----|')],
  [
    'comes too late',
    'postpone:type=ack,ms=10',
    unconfirmed('----s---t---u-----------------a-e----|'),
  ],
  [
    'comes twice',
    'duplicate:type=ack',
    { ...undisturbed, heard: ' ----s---t---u-------(aa)--------e----|' },
  ],
  [
    'has an unknown id',
    'replace:type=ack,frame={"type":"ack","ackId":"another"}',
    unconfirmed('----s---t---u-------a-----------e----|'),
  ],
  [
    'comes before its command, and not again',
    ['drop:type=ack', 'insert:frames=2,frame={"type":"ack","ackId":"live-1"}'],
    unconfirmed('----s---(ta)u-------------------e----|'),
  ],
  [
    'is an error instead',
    'replace:type=ack,frame={"type":"error","description":"busy"}',
    {
      ...unconfirmed('----s---t---u-------x-----------e----|'),
      errors: '--------------------x----------------|',
      words: { x: 'ServerReportedError' },
      refusal: 'AckTimeoutError, 1 reported',
    },
  ],
];

/** An error in a word or two. */
function toWord(error: LiveCallError): string {
  switch (error._tag) {
    case 'HandshakeRefusedError':
      return `${error._tag} ${error.status}`;
    case 'ConnectFailedError':
    case 'ConnectionClosedError':
      return `${error._tag} ${error.code}`;
    case 'InvalidFrameError':
      return `${error._tag} ${error.path || error.expected}`;
    case 'AckTimeoutError': {
      const { length } = error.errorsSinceSend;
      return length === 0 ? error._tag : `${error._tag}, ${length} reported`;
    }
    default:
      return error._tag;
  }
}

function failInWords<A>(stream$: Observable<A>): Observable<A> {
  return stream$.pipe(
    catchError((error: unknown) => {
      throw new Error(toWord(error as LiveCallError));
    }),
  );
}

const letters: Readonly<Record<string, string>> = {
  connecting: 'c',
  reconnecting: 'r',
  closing: 'e',
  'call-ended': 'E',
  failed: 'F',
  'hung-up': 'H',
  'event:start': 's',
  assistant: 't',
  other: 'u',
  ack: 'a',
  'event:callEnd': 'e',
  error: 'x',
  unknown: 'h',
};

const toLetter = (message: ServerMessage): string | undefined =>
  letters[message.type === 'transcript' ? message.role : message.type];

/** Follows the call through the faults, and leaves nothing open. */
function see(faults: string | readonly string[], seen: Seen): void {
  let open = 0;
  run((time) => {
    const fake = replay(recording, { pace: 'recorded' });
    const countedTransport: Transport = defer(() => {
      open += 1;
      return fake.pipe(
        finalize(() => {
          open -= 1;
        }),
      );
    });
    const transport = [faults]
      .flat()
      .map(parseFault)
      .reduce((disturbedTransport, alter) => disturbedTransport.pipe(alter), countedTransport);
    const call = liveCall(transport, {
      lingerMs: 6,
      // The first retry after 4 ms, the second after 8.
      retry: { baseDelayMs: 8, maxAttempts: 2, random: () => 0 },
      createId: () => 'live-1',
    });
    const following = call.connect();
    time.cold('60ms h').subscribe(() => {
      following.unsubscribe();
    });

    const state$ = call.state$.pipe(
      map((state) => {
        if (state.status === 'open') return state.connection === 1 ? 'o' : 'O';
        return letters[state.status === 'closed' ? state.reason : state.status];
      }),
    );
    const heard$ = failInWords(call.messages$.pipe(map(({ message }) => toLetter(message))));
    const joined$ = failInWords(call.joinCall({ whenNotOpen: 'wait', ackTimeoutMs: 11 }));
    time.expectObservable(state$).toBe(seen.state);
    time.expectObservable(heard$).toBe(seen.heard, undefined, new Error(seen.failure));
    time.expectObservable(call.errors$.pipe(map(toWord))).toBe(seen.errors, seen.words);
    time
      .expectObservable(joined$.pipe(map(() => 'J')), '----------------^')
      .toBe(seen.joined, undefined, new Error(seen.refusal));
  });

  expect(open).toBe(0);
}

it('follows a call that is not disturbed', () => {
  see([], undisturbed);
});

it.each(handshakes)('follows a call whose handshake is %s: %s', (_what, faults, seen) => {
  see(faults, seen);
});

it.each(ends)('follows a call whose connection is %s: %s', (_what, faults, seen) => {
  see(faults, seen);
});

it.each(pauses)('follows a call whose server %s: %s', (_what, faults, seen) => {
  see(faults, seen);
});

it.each(frames)('follows a call of which a frame %s: %s', (_what, faults, seen) => {
  see(faults, seen);
});

it.each(acks)('follows a call whose ack %s: %s', (_what, faults, seen) => {
  see(faults, seen);
});
