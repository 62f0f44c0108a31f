/**
 * Counts what reaches the subscribers, and folds what it says in its order: two tallies are equal
 * where the same was heard in the same order.
 */
export function createTally() {
  const tally = { messages: 0, transcripts: 0, events: 0, errors: 0, said: 0, happened: 0 };
  return {
    message: ({ type }) => {
      tally.messages += 1;
      tally.happened = fold(tally.happened, type);
    },
    transcript: ({ msg, role }) => {
      tally.transcripts += 1;
      tally.said = fold(fold(tally.said, msg), role);
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

/** As much of a text as costs the contenders nothing: how long it is, and what stands in its middle. */
function fold(state, text) {
  return (Math.imul(state, 31) + text.length * 128 + text.charCodeAt(text.length >> 1)) | 0;
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
