/** Reads the lines of a run from its messages, as `takeMessage` makes them. */
export interface LineReader {
  /** The lines that end in the next message, without their line ends. */
  read(message: Uint8Array): readonly string[];
  /** The next message is another than the one behind the last: what there is of a line makes none. */
  skip(): void;
}

/** Makes one. */
export function createLineReader(): LineReader {
  let parts: Uint8Array[] = [];
  return {
    read: (message) => {
      if (message.at(-1) !== LINE_END) {
        parts.push(message);
        return NONE;
      }
      const whole = parts.length === 0 ? message : Buffer.concat([...parts, message]);
      if (parts.length > 0) parts = [];
      return decoder.decode(whole.subarray(0, -1)).split('\n');
    },
    skip: () => {
      parts = [];
    },
  };
}

const LINE_END = 10;
const NONE: readonly string[] = [];
const decoder = new TextDecoder();
