/**
 * Counts what reaches the subscribers, and folds what it says in its order: two tallies are equal
 * where the same was heard in the same order.
 */
export function createTally() {
  const tally = { messages: 0, transcripts: 0, events: 0, errors: 0, said: 0, happened: 0 };
  return {
    message: ({ type }) => {
      tally.messages += 1;
      tally.happened = (Math.imul(tally.happened, 31) + type.length) | 0;
    },
    transcript: ({ msg, role }) => {
      tally.transcripts += 1;
      tally.said = (Math.imul(tally.said, 31) + msg.length + role.length) | 0;
    },
    event: () => {
      tally.events += 1;
    },
    error: () => {
      tally.errors += 1;
    },
    /** What a single callback does that hears everything. */
    any(message) {
      this.message(message);
      if (message.type === 'transcript') this.transcript(message);
      else if (message.type === 'error') this.error();
      else if (message.type.startsWith('event:')) this.event();
    },
    result: () => ({ ...tally }),
  };
}

/** The tally of all of these frames, heard so many times over. */
export function toTally(frames, times = 1) {
  const tally = createTally();
  const messages = frames.map((frame) => JSON.parse(frame));
  for (let time = 0; time < times; time += 1) {
    for (const message of messages) tally.any(message);
  }
  return tally.result();
}
