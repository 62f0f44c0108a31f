import { parseRecording, replay } from '@livecall/tools';
import { concatMap, delay, from, of } from 'rxjs';

/** How long the event loop is blocked, and how often. */
const BLOCKED_MS = 10;
const BLOCKED_EVERY_MS = 50;
const MEAN_GAP_MS = 0.4;
const DUE_WITHIN_MS = 0.5;

/** When each frame is due, in milliseconds: gaps as they come where chance makes them. */
function deadlines(count) {
  let state = 1;
  let at = 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    at += -Math.log(1 - state / 2 ** 32) * MEAN_GAP_MS;
    return Math.round(at * 1_000) / 1_000;
  });
}

/** The floor: one timer to the next deadline, and everything that is due by then. */
function deadlineLoop(dueAts, say) {
  const startedAt = performance.now();
  let next = 0;
  return new Promise((resolve) => {
    const play = () => {
      while (next < dueAts.length) {
        const waitMs = dueAts[next] - (performance.now() - startedAt);
        if (waitMs > DUE_WITHIN_MS) {
          setTimeout(play, waitMs);
          return;
        }
        say(next);
        next += 1;
      }
      resolve();
    };
    play();
  });
}

/** What is written first: each frame as long after the one before it as it was recorded. */
function chainedDelays(dueAts, say) {
  return new Promise((resolve) => {
    from(dueAts.keys())
      .pipe(concatMap((index) => of(index).pipe(delay(dueAts[index] - (dueAts[index - 1] ?? 0)))))
      .subscribe({ next: say, complete: resolve });
  });
}

async function livecall(dueAts, say) {
  const transport = replay(await toRecording(dueAts), { pace: 'recorded' });
  await new Promise((resolve) => {
    say.start();
    transport.subscribe({
      next: ({ frames$ }) => {
        frames$.subscribe((text) => say(JSON.parse(text).offset));
      },
      error: resolve,
    });
  });
}

function toRecording(dueAts) {
  const lines = [
    { livecall: 1, recordedAt: '2026-11-22T09:00:00.000Z' },
    { at: 0, event: 'open', status: 101 },
    ...dueAts.map((at, offset) => ({
      at,
      event: 'frame',
      from: 'server',
      json: { type: 'transcript', msg: 'Yes.', role: 'user', offset },
    })),
    { at: dueAts.at(-1), event: 'close', from: 'server', code: 1000, reason: '' },
    { at: dueAts.at(-1), event: 'end' },
  ];
  return parseRecording('deadlines', lines.map((line) => JSON.stringify(line)).join('\n'));
}

const LOOP = 'deadline loop';
const REPLAY = 'livecall replay';
const PLAYERS = { [LOOP]: deadlineLoop, [REPLAY]: livecall, 'chained delays': chainedDelays };
const blocked = (player) => `${player}, loop blocked`;

export const tables = [
  {
    name: 'fidelity',
    title: `How late frames are at recorded pace; blocked is ${BLOCKED_MS} ms in every ${BLOCKED_EVERY_MS}`,
    contenders: [...Object.keys(PLAYERS), blocked(LOOP), blocked(REPLAY)],
    base: LOOP,
    measures: {
      p50: { unit: 'ms late, p50', digits: 2, hasNoRatio: true },
      p99: { unit: 'ms late, p99', digits: 2 },
      max: { unit: 'max', digits: 2, hasNoRatio: true },
      drift: { unit: 'ms late at the end', digits: 1, hasNoRatio: true },
    },
    sizes: {
      full: { rounds: 7, frames: 10_000 },
      quick: { rounds: 3, frames: 2_500 },
      tiny: { rounds: 1, frames: 40 },
    },
    expected: ({ frames }) => ({ frames, isInOrder: true }),
    targets: [
      {
        says: 'p99 at most 1.2 × that of a bare loop over absolute deadlines',
        figure: (best) => best(REPLAY, 'p99') / best(LOOP, 'p99'),
        atMost: 1.2,
      },
      {
        says: `p99 at most ${BLOCKED_MS + 2} ms with the loop blocked for ${BLOCKED_MS} ms at a time`,
        figure: (best) => best(blocked(REPLAY), 'p99'),
        atMost: BLOCKED_MS + 2,
      },
      {
        says: 'p99 at most 1.2 × that of the bare loop, with both blocked',
        figure: (best) => best(blocked(REPLAY), 'p99') / best(blocked(LOOP), 'p99'),
        atMost: 1.2,
      },
      {
        says: 'no drift while it is blocked, in ms at the end, by the median',
        figure: (_best, median) => median(blocked(REPLAY), 'drift'),
        atMost: BLOCKED_MS,
      },
    ],
  },
];

export async function measure(_table, contender, { frames }) {
  // The first time is a millisecond later throughout: it is compiled within it.
  await playAll(contender, 20);
  return playAll(contender, frames);
}

async function playAll(contender, frames) {
  const dueAts = deadlines(frames);
  const lateness = [];
  let startedAt = performance.now();
  let isInOrder = true;
  const say = (index) => {
    isInOrder &&= index === lateness.length;
    lateness.push(performance.now() - startedAt - dueAts[index]);
  };
  say.start = () => {
    startedAt = performance.now();
  };
  const blocker = contender.endsWith(blocked(''))
    ? setInterval(block, BLOCKED_EVERY_MS)
    : undefined;
  say.start();
  await PLAYERS[contender.replace(blocked(''), '')](dueAts, say);
  clearInterval(blocker);

  const sorted = lateness.toSorted((a, b) => a - b);
  const percentile = (share) => Math.max(0.001, sorted[Math.floor((sorted.length - 1) * share)]);
  const last = lateness.slice(-20).toSorted((a, b) => a - b)[10];
  return {
    measures: {
      p50: percentile(0.5),
      p99: percentile(0.99),
      max: percentile(1),
      drift: last,
    },
    result: { frames: lateness.length, isInOrder },
  };
}

function block() {
  const until = performance.now() + BLOCKED_MS;
  while (performance.now() < until);
}
