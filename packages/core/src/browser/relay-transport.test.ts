import { asyncScheduler, map, merge, NEVER, skip, Subject, switchMap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { withDialRequest } from '../dial-request.js';
import * as RELAY_CLOSE from '../relay-close.js';
import { toRelayClose } from '../relay-wire.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
} from '../transport-error.js';
import type { Connection } from '../transport.js';
import { fakeRelay, FakeWindow } from '../../../../test/fixtures/fake-relay.js';
import { relayTransport } from './relay-transport.js';
import type { RelayTransportOptions } from './relay-transport-options.js';

const START = '{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00Z"}';
const ONE = '{"type":"transcript","msg":"One.","role":"other"}';
const TWO = '{"type":"transcript","msg":"Two.","role":"other"}';
const JOIN = '{"type":"client:joinCall","id":"8f0c"}';
const RECEIPT = new Uint8Array(0);

/** A page that follows over a relay, in virtual time. */
function page(options: Partial<RelayTransportOptions> = {}, looksWhen?: string) {
  const relay = fakeRelay();
  const window = new FakeWindow();
  const log: string[] = [];
  const errors: Error[] = [];
  const lookNow$ = new Subject<void>();
  const note = (what: string) => {
    log.push(`${asyncScheduler.now()} ${what}`);
    if (what === looksWhen) lookNow$.next();
  };
  let opened: Connection | undefined;
  const transport = relayTransport({
    url: 'wss://app.example/calls/8f0c',
    webSocket: relay.webSocket,
    window,
    random: () => 0,
    ...options,
  }).pipe(withDialRequest({ reason: 'connect', lookNow$ }));
  const following = transport
    .pipe(
      switchMap((connection) => {
        note('open');
        opened = connection;
        const frame$ = connection.frames$.pipe(
          map((frame) => (typeof frame === 'string' ? frame : `${frame.length} bytes`)),
        );
        const away$ = (connection.away$ ?? NEVER).pipe(
          skip(1),
          map((isAway) => (isAway ? 'away' : 'back')),
        );
        return merge(frame$, away$);
      }),
    )
    .subscribe({
      next: note,
      error: (error: unknown) => {
        errors.push(error as Error);
        note((error as Error).message);
      },
    });
  return {
    ...relay,
    window,
    log,
    errors,
    following,
    lookNow: () => {
      lookNow$.next();
    },
    send: (frame: string) => {
      opened?.send(frame);
    },
    bufferedBytes: () => opened?.bufferedBytes?.(),
  };
}

/** Makes something, and runs what happens to it at its time, in virtual milliseconds. */
function inTime<A>(
  make: () => A,
  untilMs: number,
  happen: (made: A) => Readonly<Record<number, () => unknown>>,
): A {
  const time = new TestScheduler(() => undefined);
  return time.run(({ flush }) => {
    time.maxFrames = untilMs;
    const made = make();
    for (const [ms, step] of Object.entries(happen(made))) {
      asyncScheduler.schedule(() => void step(), Number(ms));
    }
    flush();
    return made;
  });
}

const isPageProtocol = /^livecall\.page\.[\da-f]{32}$/;

it('opens with the first empty text, and not before', () => {
  const { log, socket } = inTime(page, 100, ({ socket }) => ({
    10: () => socket(1).accept(),
    50: () => socket(1).say(''),
  }));

  expect(log).toEqual(['50 open']);
  expect(socket(1).url).toBe('wss://app.example/calls/8f0c');
  expect(socket(1).protocols).toEqual(['livecall.1', expect.stringMatching(isPageProtocol)]);
  expect(socket(1).binaryType).toBe('arraybuffer');
});

it('hands frames on as they come, binary ones as bytes', () => {
  const { log } = inTime(page, 100, ({ socket }) => ({
    10: () => socket(1).open().say(START, Uint8Array.of(1, 2), ONE),
  }));

  expect(log).toEqual(['10 open', `10 ${START}`, '10 2 bytes', `10 ${ONE}`]);
});

it('answers each further empty text with one, and hands none on', () => {
  const { log, socket } = inTime(page, 100, ({ socket }) => ({
    10: () => socket(1).open(),
    20: () => socket(1).say('', ONE, ''),
  }));

  expect(log).toEqual(['10 open', `20 ${ONE}`]);
  expect(socket(1).sent).toEqual(['', '']);
});

it.each([
  ['400', new HandshakeRefusedError(400)],
  ['401', new HandshakeRefusedError(401)],
  ['404', new HandshakeRefusedError(404)],
  ['429 with Retry-After', new HandshakeRefusedError(429, 7_000)],
  ['503', new HandshakeRefusedError(503)],
  ['503 with Retry-After 0', new HandshakeRefusedError(503, 0)],
  ['302', new HandshakeRefusedError(302)],
  ["a proxy's 407", new HandshakeRefusedError(407, undefined, { refusedBy: 'proxy' })],
  ['no answer in time', new HandshakeTimeoutError(10_000)],
  ['a token too late', new HandshakeTimeoutError(10_000, 'token')],
  ['no token', new TokenUnavailableError('conversationToken')],
  ['a close before it opened', new ConnectionClosedError(1013, 'busy')],
] as const)('tells what the platform refused as over its own socket: %s', (_what, error) => {
  const { code, reason } = toRelayClose(error);
  const { errors, sockets } = inTime(page, 100_000, ({ socket }) => ({
    10: () => {
      socket(1).accept().end(code, reason);
    },
  }));

  expect(errors).toEqual([error]);
  expect(sockets).toHaveLength(1);
});

it.each([
  [100, 4100],
  [599, 4599],
  [99, 4500],
  [600, 4500],
  [429.5, 4500],
  [NaN, 4500],
])('tells a refusal with %d, which a transport may make up, by the code %i', (status, code) => {
  expect(toRelayClose(new HandshakeRefusedError(status)).code).toBe(code);
});

it.each([
  ['unreachable', 'ECONNREFUSED', false],
  ['a certificate', 'CERT_HAS_EXPIRED', true],
])('tells that the platform could not be reached: %s', (_what, code, isLasting) => {
  const cause = Object.assign(new Error('connect to 10.0.0.1'), { code });
  const close = toRelayClose(new ConnectFailedError(cause));
  const { errors } = inTime(page, 100, ({ socket }) => ({
    10: () => {
      socket(1).accept().end(close.code, close.reason);
    },
  }));

  expect(errors).toMatchObject([{ _tag: 'ConnectFailedError', code, isLasting }]);
  expect(errors[0]?.message).not.toContain('10.0.0.1');
});

it.each([1000, 1001, 1006, 1008, 1011, 1012, 3000, 4001, 4401, 4410, 4999])(
  "ends with the platform's own %i and its words",
  (code) => {
    const close = toRelayClose(new ConnectionClosedError(code, 'the line is gone'));
    const { errors, sockets } = inTime(page, 100_000, ({ socket }) => ({
      10: () => {
        socket(1).open().end(close.code, close.reason);
      },
    }));

    expect(errors).toMatchObject([{ _tag: 'ConnectionClosedError', code }]);
    expect(errors[0]).toHaveProperty('reason', 'the line is gone');
    expect(sockets).toHaveLength(1);
  },
);

it.each([
  [
    'refused without a name',
    'end',
    'Could not connect: the relay could not be reached. Check the URL and the network.',
  ],
  [
    'that only tells of an error, as in Node 22',
    'fail',
    'Could not connect: the relay could not be reached. Check the URL and the network.',
  ],
] as const)('fails with a dial %s', (_what, how, message) => {
  const { errors } = inTime(page, 100, ({ socket }) => ({
    10: () => {
      if (how === 'end') socket(1).end(1006);
      else socket(1).fail();
    },
  }));

  expect(errors).toMatchObject([{ _tag: 'ConnectFailedError', message }]);
});

it.each(['', 'graphql-ws'])(
  'takes no server for a relay that picks the subprotocol %j',
  (picked) => {
    const { errors, socket } = inTime(page, 100, ({ socket }) => ({
      10: () => socket(1).accept(picked),
    }));

    expect(errors).toMatchObject([
      {
        message:
          'Could not connect: what answers there is no relay. Check the URL and the network.',
      },
    ]);
    expect(socket(1).closedWith).toBe(1000);
  },
);

it.each([
  ['nothing answers', false],
  ['nothing is said', true],
])('gives up a handshake in which %s', (_what, isAccepted) => {
  const { errors, socket } = inTime(page, 20_000, ({ socket }) => ({
    10: () => {
      if (isAccepted) socket(1).accept();
    },
  }));

  expect(errors).toEqual([new HandshakeTimeoutError(15_000)]);
  // Not as a way that is lost: else its place is kept, where it was let in just then.
  expect(socket(1).closedWith).toBe(RELAY_CLOSE.left);
});

it('closes when it is left, and does not wait for the close', () => {
  const { log, socket, window } = inTime(page, 100_000, ({ socket, following }) => ({
    10: () => socket(1).open(),
    20: () => {
      following.unsubscribe();
    },
    30: () => socket(1).say(ONE, ''),
  }));

  expect(log).toEqual(['10 open']);
  expect(socket(1)).toMatchObject({ closedWith: RELAY_CLOSE.left, sent: [] });
  expect([window.count, window.document.count]).toEqual([0, 0]);
});

it.each([1000, 1001, 1005, 1006, 1011, 1012, 4998])(
  'takes a %i that is not the platform’s for the way, and resumes at once with what it has',
  (code) => {
    const { log, socket } = inTime(page, 1_000, ({ socket }) => ({
      10: () => {
        socket(1).open().say(START, ONE).end(code);
      },
      20: () => socket(2).open().say(TWO),
    }));

    expect(log).toEqual([
      ...['10 open', `10 ${START}`, `10 ${ONE}`, '10 away', '20 back', `20 ${TWO}`],
    ]);
    expect(socket(2).protocols[1]).toBe(`${socket(1).protocols[1] ?? ''}.2.0`);
  },
);

it('hears the old socket no more once it has dialled anew', () => {
  const { log } = inTime(page, 1_000, ({ socket }) => ({
    10: () => {
      socket(1).open().fail();
    },
    20: () => {
      socket(1).say(ONE).end(4000, '1000 ');
      socket(2).open().say(ONE);
    },
  }));

  expect(log).toEqual(['10 open', '10 away', '20 back', `20 ${ONE}`]);
});

it('waits longer with each resume that fails, and gives up after the time that is kept', () => {
  const at: number[] = [];
  const { errors } = inTime(page, 100_000, (made) => {
    const { socket, sockets } = made;
    const fail = () => {
      const last = sockets.at(-1);
      if (last?.closedWith !== undefined || at.length === sockets.length) return;
      at.push(asyncScheduler.now());
      last?.end(1006);
    };
    return {
      10: () => {
        socket(1).open();
        asyncScheduler.schedule(function () {
          fail();
          this.schedule(undefined, 10);
        }, 0);
      },
    };
  });

  expect(at.slice(0, 8)).toEqual(
    [10, 10, 270, 780, 1790, 3800, 6310, 8820].map((ms) => expect.closeTo(ms, -2) as number),
  );
  expect(errors).toMatchObject([{ _tag: 'ConnectionClosedError', code: 1006 }]);
  expect(errors[0]?.message).toContain('the relay could not be reached for 60000 ms');
});

it('is not dialled in a loop by a relay that lets in and cuts', () => {
  const { sockets } = inTime(page, 4_000, ({ sockets, socket }) => ({
    10: () => {
      socket(1).open();
      asyncScheduler.schedule(function () {
        const last = sockets.at(-1);
        if (last?.protocol === '') last.open();
        last?.end(1006);
        this.schedule(undefined, 10);
      }, 0);
    },
  }));

  expect(sockets.length).toBeLessThan(8);
});

it.each([
  [RELAY_CLOSE.taken, 4001, "another page took this one's place"],
  [RELAY_CLOSE.gone, 1006, 'the relay has not kept what was missed'],
  [RELAY_CLOSE.stopped, 1012, 'the relay stopped'],
])('ends with what the relay closes with by itself: %i', (sent, code, why) => {
  const { errors, sockets } = inTime(page, 100_000, ({ socket }) => ({
    10: () => {
      socket(1).open().end(sent);
    },
  }));

  expect(errors).toMatchObject([{ _tag: 'ConnectionClosedError', code }]);
  expect(errors[0]?.message).toContain(why);
  expect(sockets).toHaveLength(1);
});

it('is lost, and neither refused nor ended, where a resume comes too late', () => {
  const { errors } = inTime(page, 100, ({ socket }) => ({
    10: () => {
      socket(1).open().end(1006);
      socket(2).accept().end(RELAY_CLOSE.gone);
    },
  }));

  expect(errors).toMatchObject([{ _tag: 'ConnectionClosedError', code: 1006 }]);
});

it('takes a resume up again that the relay has trouble with', () => {
  const { log, errors } = inTime(page, 10_000, ({ socket }) => ({
    10: () => {
      socket(1).open().end(1006);
      socket(2).accept().end(4503, '2000');
    },
    2_500: () => socket(3).open(),
  }));

  expect(errors).toEqual([]);
  expect(log).toEqual(['10 open', '10 away', '2500 back']);
});

it('waits for no longer than its place is kept, whatever the relay asks for', () => {
  const { log, errors } = inTime(page, 61_000, ({ socket }) => ({
    10: () => {
      socket(1).open().end(1006);
      socket(2).accept().end(4503, '9007199254740991');
    },
    60_020: () => socket(3).open(),
  }));

  expect(errors).toEqual([]);
  expect(log).toEqual(['10 open', '10 away', '60020 back']);
});

it('asks for the url once more when the login is over at a resume', () => {
  const reasons: string[] = [];
  const toUrl = ({ reason }: { readonly reason: string }) => {
    reasons.push(reason);
    return 'wss://app.example/calls/8f0c';
  };
  const { log } = inTime(
    () => page({ url: toUrl }),
    1_000,
    ({ socket }) => ({
      10: () => {
        socket(1).open().end(1006);
        socket(2).accept().end(4401);
        socket(3).open();
      },
    }),
  );

  expect(reasons).toEqual(['connect', 'connect', 'unauthorized']);
  expect(log).toEqual(['10 open', '10 away', '10 back']);
});

it.each([4401, 4403, 4404])('fails as refused where the page may not resume: %i', (code) => {
  const { errors } = inTime(page, 100_000, ({ socket }) => ({
    10: () => {
      socket(1).open().end(1006);
      socket(2).accept().end(code);
    },
  }));

  expect(errors).toMatchObject([{ _tag: 'HandshakeRefusedError', status: code - 4000 }]);
});

it('resumes when nothing was heard for longer than the relay may be silent', () => {
  const { log, socket } = inTime(page, 60_000, ({ socket }) => ({
    10: () => socket(1).open(),
    14_000: () => socket(1).say(''),
    45_000: () => socket(2).open(),
  }));

  expect(log[1]).toMatch(/^4[0-4]\d{3} away$/);
  expect(socket(1).closedWith).toBe(1000);
});

/* Commands */

it('sends a command at once, and forgets it when the relay has it', () => {
  const { socket } = inTime(page, 1_000, ({ socket, send }) => ({
    10: () => socket(1).open(),
    20: () => {
      send(JOIN);
    },
    30: () => {
      socket(1).say(RECEIPT).end(1006);
    },
    40: () => socket(2).open(),
  }));

  expect(socket(1).sent).toEqual([JOIN]);
  expect(socket(2).protocols[1]).toMatch(/\.0\.1$/);
  expect(socket(2).sent).toEqual([]);
});

it('sends anew, in order, what the relay may not have', () => {
  const { socket } = inTime(page, 1_000, ({ socket, send }) => ({
    10: () => socket(1).open(),
    20: () => {
      send('first');
      send('second');
      send('third');
      socket(1).say(RECEIPT).end(1006);
    },
    30: () => socket(2).open(),
  }));

  expect(socket(2).protocols[1]).toMatch(/\.0\.1$/);
  expect(socket(2).sent).toEqual(['second', 'third']);
});

it('finds the way dead when a command is not confirmed, and resumes', () => {
  const { log, socket } = inTime(page, 6_000, ({ socket, send }) => ({
    10: () => socket(1).open(),
    1_000: () => {
      send(JOIN);
    },
    5_000: () => socket(2).open(),
  }));

  expect(log).toEqual(['10 open', expect.stringMatching(/^400\d away$/), '5000 back']);
  expect(socket(2).sent).toEqual([JOIN]);
});

it('sends nothing while it is away', () => {
  const { socket } = inTime(page, 1_000, ({ socket, send }) => ({
    10: () => {
      socket(1).open().end(1006);
      expect(() => {
        send(JOIN);
      }).toThrow('the command was not sent');
    },
    20: () => socket(2).open(),
  }));

  expect(socket(2).sent).toEqual([]);
});

it('sends no empty frame, which would be a word of its own', () => {
  inTime(page, 100, ({ socket, send }) => ({
    10: () => {
      socket(1).open();
      expect(() => {
        send('');
      }).toThrow('An empty frame cannot cross a relay.');
    },
  }));
});

/* The life of a page */

it.each([
  ['freeze', 4002],
  ['pagehide, kept', 4002],
  ['pagehide, for good', 4008],
])('closes on %s', (event, code) => {
  const { socket } = inTime(page, 100, ({ socket, window }) => ({
    10: () => socket(1).open(),
    20: () => {
      if (event === 'freeze') window.document.fire('freeze');
      else window.fire('pagehide', { persisted: event === 'pagehide, kept' });
    },
  }));

  expect(socket(1).closedWith).toBe(code);
});

it.each(['resume', 'pageshow', 'online', 'visibilitychange', 'lookNow'])(
  'dials on %s, and not before, once it was put aside',
  (event) => {
    const { log, sockets } = inTime(page, 600_100, ({ socket, window, lookNow }) => ({
      10: () => socket(1).open(),
      20: () => {
        window.fire('pagehide', { persisted: true });
        window.document.fire('freeze');
      },
      600_000: () => {
        if (event === 'lookNow') lookNow();
        else (event === 'pageshow' || event === 'online' ? window : window.document).fire(event);
        socket(2).open();
      },
    }));

    expect(log).toEqual(['10 open', '20 away', '600000 back']);
    expect(sockets).toHaveLength(2);
  },
);

it.each([1_000, 6_000])(
  'lets the dial go on that is under way when who hears of the loss asks to look, attached for %i ms',
  (ms) => {
    const { log, sockets } = inTime(
      () => page({}, 'away'),
      10_000,
      ({ socket }) => ({
        10: () => socket(1).open(),
        [ms]: () => socket(1).end(1006),
        [ms + 1_000]: () => socket(2).open(),
      }),
    );

    expect(log).toEqual(['10 open', `${ms} away`, `${ms + 1_000} back`]);
    expect(sockets).toHaveLength(2);
  },
);

it('dials at once when the network is back, though a dial is under way', () => {
  const { sockets } = inTime(page, 1_000, ({ socket, window }) => ({
    10: () => {
      socket(1).open().end(1006);
    },
    20: () => {
      window.fire('online');
    },
  }));

  expect(sockets).toHaveLength(3);
  expect(sockets[1]?.closedWith).toBe(1000);
});

it('asks whether anyone is there when it is looked at again', () => {
  const { log, socket } = inTime(page, 20_000, ({ socket, window }) => ({
    10: () => socket(1).open(),
    20: () => {
      window.document.fire('visibilitychange');
      socket(1).say('');
    },
    5_000: () => {
      window.document.fire('visibilitychange');
    },
    9_000: () => socket(2).open(),
  }));

  expect(socket(1).sent).toEqual(['RECEIPT', '', 'RECEIPT']);
  expect(log).toEqual(['10 open', expect.stringMatching(/^800\d away$/), '9000 back']);
});

it('fails a dial that a page is frozen in', () => {
  const { errors } = inTime(page, 100, ({ window }) => ({
    10: () => {
      window.document.fire('freeze');
    },
  }));

  expect(errors).toMatchObject([{ _tag: 'ConnectFailedError' }]);
});

/* The options */

it.each([
  ['/calls/8f0c', true],
  ['https://app.example/calls', true],
  ['', false],
  ['wss://app.example/?accessToken=s3cret', false],
  ['wss://s3cret@app.example/', false],
  ['ftp://s3cret.example/', false],
  [undefined, false],
])('takes the url %j: %j', (url, isTaken) => {
  const take = () => {
    void relayTransport({ url: url as string });
  };
  if (isTaken) expect(take).not.toThrow();
  else expect(take).toThrow(/^(?!.*s3cret)The url /);
});

it('dials the url that a promise gives, and not once it was left', async () => {
  const url = () => Promise.resolve('wss://app.example/calls/late');
  const [followed, left] = [page({ url }), page({ url })];
  left.following.unsubscribe();
  await Promise.resolve();
  followed.following.unsubscribe();

  expect(followed.sockets.map((socket) => socket.url)).toEqual(['wss://app.example/calls/late']);
  expect(left.sockets).toEqual([]);
});

it.each<[what: string, url: () => unknown, name: string]>([
  ['rejects', () => Promise.reject(new RangeError('4711')), 'RangeError'],
  [
    'throws',
    () => {
      throw new RangeError('4711');
    },
    'RangeError',
  ],
  ['gives nothing', () => undefined, 'TypeError'],
])('fails when the url function %s, and does not repeat what it said', async (_what, url, name) => {
  const { errors, sockets } = page({ url: url as () => string });
  await Promise.resolve();

  expect(errors.map(({ message }) => message)).toEqual([
    `Could not connect: the url function failed with ${name}. Check the URL and the network.`,
  ]);
  expect(sockets).toEqual([]);
});

it('says that there is no WebSocket where there is none', () => {
  const { errors } = inTime(
    () => page({ webSocket: undefined as never }),
    10,
    () => ({}),
  );
  if ('WebSocket' in globalThis) return;

  expect(errors).toMatchObject([{ _tag: 'ConnectFailedError', isLasting: true }]);
});
