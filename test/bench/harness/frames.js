/** The words that callers use most; no text of anybody's. */
const WORDS =
  'the you to a is this your for and on of it please we have account call with be service number press can our not me are at from been'.split(
    ' ',
  );

const ROLES = ['assistant', 'other', 'user'];

/** A generator of whole numbers that gives the same ones every time. */
function seeded(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * What a server says in a call, as text: nine transcripts in ten messages, the rest of every other
 * type that goes on and on.
 */
export function frames(count, { seed = 1 } = {}) {
  const next = seeded(seed);
  const sentence = () => {
    const words = Array.from({ length: 4 + next(24) }, () => WORDS[next(WORDS.length)]);
    return `${words.join(' ')}.`;
  };
  return Array.from({ length: count }, (_, index) => {
    switch (index % 20) {
      case 4:
        return JSON.stringify({ type: 'ack', ackId: `00000000-0000-4000-8000-${index}` });
      case 13:
        return JSON.stringify(
          [
            { type: 'event:start', phone: '+12025550100', timestamp: '2026-11-22T09:00:00.010Z' },
            { type: 'event:end', msg: sentence() },
            { type: 'error', description: sentence() },
          ][((index / 20) | 0) % 3],
        );
      default:
        return JSON.stringify({
          type: 'transcript',
          msg: sentence(),
          role: ROLES[next(3)],
          offset: index,
        });
    }
  });
}
