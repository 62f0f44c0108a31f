import type { Frame } from '@livecall/core';
import { assertOneOf } from '@livecall/core/internal';

import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import type { FrameChoice } from './frame-choice.js';
import { strikeFrames } from './strike-frames.js';

/**
 * What becomes of a garbled frame.
 *
 * | garbage | the frame |
 * |---|---|
 * | `bad-json` | breaks off in the middle |
 * | `wrong-types` | has numbers where there was text |
 * | `unknown-type` | is a message of a type that is not published |
 * | `binary` | is bytes that are no text |
 * | `empty` | has no content |
 */
export type Garbage = 'bad-json' | 'wrong-types' | 'unknown-type' | 'binary' | 'empty';

/**
 * Garbles frames, so that they cannot be decoded, or decode to something unknown.
 *
 * @throws TypeError for a choice that cannot be
 * @example
 * import { garbleFrames } from '@livecall/tools';
 *
 * const tornTranscript = garbleFrames({ type: 'transcript', nth: 2, as: 'bad-json' });
 */
export function garbleFrames(options: FrameChoice & { readonly as?: Garbage } = {}): Fault {
  assertFaultOptions('garble', options);
  const { as = 'bad-json' } = options;
  assertOneOf({ as }, Object.keys(garblers));
  return strikeFrames('garble', options, (frame) => {
    const garbled = garblers[as](frame);
    return garbled === frame ? undefined : [garbled];
  });
}

const garblers: Readonly<Record<Garbage, (frame: Frame) => Frame>> = {
  'bad-json': (frame) => frame.slice(0, Math.max(1, Math.floor(frame.length / 2))),
  'wrong-types': (frame) =>
    replaceFields(frame, (name, value) =>
      name === 'type' || typeof value !== 'string' ? value : 7,
    ),
  'unknown-type': (frame) =>
    // eslint-disable-next-line no-restricted-syntax -- no word of the call's, but made like one
    replaceFields(frame, (name, value) => (name === 'type' ? 'event:garbled' : value)),
  binary: () => new Uint8Array([0x00, 0xff, 0xfe, 0x80]),
  empty: () => '',
};

function replaceFields(frame: Frame, replace: (name: string, value: unknown) => unknown): Frame {
  try {
    const json: unknown = JSON.parse(
      typeof frame === 'string' ? frame : new TextDecoder().decode(frame),
    );
    const fields = Object.entries(json as object).map(([name, value]) => [
      name,
      replace(name, value),
    ]);
    return JSON.stringify(Object.fromEntries(fields));
  } catch {
    return frame;
  }
}
