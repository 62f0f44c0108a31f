import { frames } from './harness/frames.js';
import { heapBytes, STEADY_HEAP } from './harness/heap.js';
import { createTally, toTally } from './harness/tally.js';
import { nanosecondsEach } from './harness/time.js';

const SCHEMAS = ['zod', 'io-ts', 'valibot', 'arktype', 'typebox', 'ajv'];
const parserOf = async (name) => (await import(`./peers/${name}.js`)).parse;

/** What each makes of a frame, which is text here: a message. */
const toDecoder = async (contender) => {
  if (contender === 'JSON.parse') return JSON.parse;
  if (contender === 'livecall') {
    const { decodeFrame } = await import('@livecall/core');
    return (frame) => decodeFrame(frame).right;
  }
  const parse = await parserOf(contender);
  return (frame) => parse(JSON.parse(frame));
};

const sizes = {
  full: { rounds: 7, frames: 10_000, timeMs: 350, warmUpMs: 250 },
  quick: { rounds: 3, frames: 10_000, timeMs: 250, warmUpMs: 200 },
  tiny: { rounds: 1, frames: 100, timeMs: 0, warmUpMs: 0 },
};

export const tables = [
  {
    name: 'decode',
    title: 'One frame decoded, text to typed message',
    contenders: ['JSON.parse', 'livecall', ...SCHEMAS],
    base: 'JSON.parse',
    measures: {
      ns: { unit: 'ns a frame' },
      bytes: { unit: 'heap bytes a frame' },
    },
    sizes,
    flags: STEADY_HEAP,
    expected: (size) => toTally(frames(size.frames)),
    targets: [
      {
        says: '`decodeFrame` takes at most 1.15 × the time of JSON.parse',
        figure: (best) => best('livecall', 'ns') / best('JSON.parse', 'ns'),
        atMost: 1.15,
      },
    ],
  },
];

export async function measure(_table, contender, size) {
  const decode = await toDecoder(contender);
  const texts = frames(size.frames);

  const tally = createTally();
  for (const text of texts) tally.any(decode(text));

  let last;
  const work = (some) => {
    for (const text of some) last = decode(text);
  };
  const ns = await nanosecondsEach(() => work(texts), texts.length, size);
  const few = texts.slice(0, 2_000);
  const bytes = heapBytes(() => work(few)) / few.length;
  return { measures: { ns, bytes }, result: { ...tally.result(), last: last.type } };
}
