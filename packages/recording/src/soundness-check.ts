import { isAnswerTo, liveCallProtocol } from '@livecall/core';
import type { AnyProtocol, Asked, Heard } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';

import type { RecordingLine } from './format/decode-lines.js';
import { toFrame, toPayload } from './format/payload.js';
import type { FrameEntry } from './format/recording.js';
import { frameProblem } from './frame-problem.js';

/** What is said in a recording. */
export interface SoundnessOptions {
  /** @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
}

/**
 * Makes the check of one recording, which is shown its lines in order and tells what is wrong with
 * each, in words: whether every frame is one of the protocol, and answers a command that was sent.
 *
 * @example
 * import { createSoundnessCheck, scenario } from '@livecall/recording/format';
 *
 * const check = createSoundnessCheck();
 * const { entries } = scenario().send({ type: 'ack', ackId: '8f0c' }).toRecording();
 * const found = entries.flatMap((entry, index) => check({ kind: 'entry', line: index + 2, entry }));
 * console.log(found.join()); // => an ack for no command above
 */
export function createSoundnessCheck({ protocol = liveCallProtocol }: SoundnessOptions = {}): (
  line: RecordingLine,
) => readonly string[] {
  const commands: Asked[] = [];

  /** The JSON is there already, and most of it is right. */
  const hear = (entry: FrameEntry): E.Either<string, Heard<unknown>> => {
    const known = 'json' in entry ? protocol.decodeJson?.(entry.json) : undefined;
    if (known !== undefined) return E.right(known);
    const decoded = protocol.decode(toFrame(entry));
    return E.isRight(decoded) ? decoded : E.left(frameProblem(decoded.left));
  };
  const findInFrame = (entry: FrameEntry): readonly string[] => {
    if (entry.from === 'client') {
      const asked = protocol.decodeCommand(toFrame(entry));
      if (E.isLeft(asked)) return [`invalid frame from the client: ${frameProblem(asked.left)}`];
      commands.push(asked.right);
      return [];
    }
    const heard = hear(entry);
    if (E.isLeft(heard)) return [`invalid frame from the server: ${heard.left}`];
    const { answers } = heard.right;
    // By its type, it may answer nobody.
    if (answers === undefined || !('id' in answers)) return [];
    return commands.some((asked) => isAnswerTo(answers, asked))
      ? []
      : [`${/^[aeiou]/i.test(answers.by) ? 'an' : 'a'} ${answers.by} for no command above`];
  };

  return (line) => {
    switch (line.kind) {
      case 'header':
        return Number.isNaN(Date.parse(line.header.recordedAt))
          ? ['`recordedAt` is no date, 2026-01-31T12:00:00Z for one']
          : [];
      case 'torn':
        return [];
      case 'blank':
        return ['the last line is blank; readers pass over it'];
      case 'entry':
        if (line.entry.event !== 'frame') return [];
        return isJsonAsText(line.entry)
          ? ['`text` is JSON, and should stand as `json`', ...findInFrame(line.entry)]
          : findInFrame(line.entry);
    }
  };
}

/** A text that is JSON stands as JSON where that gives the same text. */
function isJsonAsText({ text }: FrameEntry): boolean {
  return text !== undefined && 'json' in toPayload(text);
}
