import { recordingSink } from '@livecall/recording';
import { createNarrator, Entry } from '@livecall/recording/format';
import type { RecordingSink, RecordingSinkOptions } from '@livecall/recording';

import { paintFor, toColumns } from './paint.js';
import { showMoment } from './show-moment.js';

/** A sink that shows a call while it runs, in words as `livecall show` has them. */
export function liveView(stream: NodeJS.WriteStream, options: RecordingSinkOptions): RecordingSink {
  const narrate = createNarrator();
  const paint = paintFor(stream);
  // Who follows a call on a terminal may see who calls and what is said. What is piped may be kept.
  return recordingSink(
    (line) => {
      const entry = Entry.decode(JSON.parse(line));
      const moment = entry._tag === 'Right' ? narrate(entry.right) : undefined;
      if (moment !== undefined) stream.write(`${showMoment(moment, paint, toColumns(stream))}\n`);
    },
    {
      ...options,
      keepPhones: stream.isTTY,
      maskTranscripts: options.maskTranscripts === true && !stream.isTTY,
    },
  );
}
