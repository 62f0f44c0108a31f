/** What one read of a terminal's input holds for a person who presses keys. */
export type KeyRead =
  /** One key, alone: its character; Ctrl-C as `C-c`, Ctrl-Z as `C-z`. */
  | { readonly what: 'key'; readonly key: string }
  /** Characters that came together: a paste, or what was typed while nobody read. */
  | { readonly what: 'several' };

/** Reads what comes from a terminal, read by read; `undefined` where nobody pressed anything. */
export type KeyReader = (read: Uint8Array) => KeyRead | undefined;

/** Where the reader is between two bytes. */
type State =
  | 'text'
  /** After ESC. */
  | 'escape'
  /** After ESC and an intermediate byte: ESC ( B. */
  | 'intermediate'
  | 'csi'
  | 'ss3'
  /** In an OSC, DCS, APC, PM or SOS, up to BEL or ST. */
  | 'string';

const CTRL_C = 0x03;
const BEL = 0x07;
const CAN = 0x18;
const CTRL_Z = 0x1a;
const ESC = 0x1b;
const ST = 0x9c;

/** What introduces a sequence, after ESC and as one byte of C1 (ECMA-48 §5.3). */
const introducers: Readonly<Record<string, State>> = {
  '[': 'csi',
  O: 'ss3',
  ']': 'string',
  P: 'string',
  X: 'string',
  '^': 'string',
  _: 'string',
};

/**
 * Makes the reader of one terminal: tells keys that a person pressed from everything else that
 * stands in a terminal's input.
 *
 * A terminal answers there, too, whoever asked it (its colours, its name, where the cursor is), and
 * tells of the mouse, the focus and of keys with modifiers. Such a sequence is swallowed whole,
 * wherever reads divide it, and so is a bracketed paste. Of the rest, only a character that is alone
 * in its read is a key: nobody presses two at once.
 *
 * Ctrl-C has its way out of everything, as in a terminal that is not raw: between characters it
 * counts wherever it stands, and alone in its read it counts within a sequence that never ends.
 *
 * @see ECMA-48 §5.4 and §5.6, https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
export function createKeyReader(): KeyReader {
  let state: State = 'text';
  /** What a CSI had so far. */
  let parameters = '';
  let isPasting = false;
  /** Bytes that belong to what came, whatever they are: the place in a mouse report of X10. */
  let owed = 0;
  /** Bytes of UTF-8 that are to come, and whether the first was of U+0080 to U+00BF. */
  let continuations = 0;
  let mayBeControl = false;

  /** Takes a byte; gives the character that it ends, and `C-c` where a CSI says so. */
  const take = (byte: number): string | undefined => {
    if (owed > 0 && byte >= 0x20) {
      owed -= 1;
      return undefined;
    }
    owed = 0;
    if (continuations > 0) {
      if (byte >= 0x80 && byte < 0xc0) {
        continuations -= 1;
        if (continuations > 0) return undefined;
        return mayBeControl && byte < 0xa0 ? control(byte) : character('�');
      }
      continuations = 0;
    }
    if (byte >= 0xc2 && byte < 0xf5) {
      continuations = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      mayBeControl = byte === 0xc2;
      return undefined;
    }
    return byte < 0x20 || (byte >= 0x80 && byte < 0xa0)
      ? control(byte)
      : character(byte < 0x80 ? String.fromCharCode(byte) : '�');
  };

  /** C0 and C1. */
  const control = (byte: number): string | undefined => {
    if (byte === ESC) {
      state = 'escape';
    } else if (byte === CAN || (byte === CTRL_Z && state !== 'text')) {
      state = 'text';
    } else if (state === 'string') {
      if (byte === BEL || byte === ST) state = 'text';
    } else if (byte >= 0x80) {
      enter(String.fromCharCode(byte - 0x40));
    } else if (state === 'text' && !isPasting) {
      return byte === CTRL_C ? 'C-c' : byte === CTRL_Z ? 'C-z' : String.fromCharCode(byte);
    }
    return undefined;
  };

  const character = (text: string): string | undefined => {
    switch (state) {
      case 'text':
        return isPasting ? undefined : text;
      case 'string':
        return undefined;
      case 'escape':
        if (isIntermediate(text)) state = 'intermediate';
        else enter(text);
        return undefined;
      case 'intermediate':
        if (!isIntermediate(text)) state = 'text';
        return undefined;
      case 'ss3':
        // With a modifier: ESC O 5 P.
        if (!/\d/.test(text)) state = 'text';
        return undefined;
      case 'csi':
        if (/^[\x20-\x3f]$/.test(text)) {
          parameters += text;
          return undefined;
        }
        state = 'text';
        return endCsi(text);
    }
  };

  /** Begins what this character introduces; any other was a key with Alt. */
  const enter = (introducer: string) => {
    state = introducers[introducer] ?? 'text';
    parameters = '';
  };

  const endCsi = (final: string): string | undefined => {
    if (final === '~' && parameters === '200') isPasting = true;
    else if (final === '~' && parameters === '201') isPasting = false;
    // Button, column and row as a byte each.
    else if (final === 'M' && parameters === '') owed = 3;
    // The function keys of Linux' console: ESC [ [ A.
    else if (final === '[' && parameters === '') owed = 1;
    else if (!isPasting && isCtrlC(parameters, final)) return 'C-c';
    return undefined;
  };

  return (read) => {
    const isAlone = read.length === 1;
    if (isAlone && read[0] === CTRL_C) {
      state = 'text';
      isPasting = false;
      owed = 0;
      continuations = 0;
      return { what: 'key', key: 'C-c' };
    }
    const typed: string[] = [];
    for (const byte of read) {
      const key = take(byte);
      if (key === 'C-c') return { what: 'key', key };
      if (key !== undefined) typed.push(key);
    }
    const [key] = typed;
    if (typed.length > 1) return { what: 'several' };
    return isAlone && key !== undefined ? { what: 'key', key } : undefined;
  };
}

function isIntermediate(text: string): boolean {
  return text >= ' ' && text <= '/';
}

/**
 * Whether a CSI is Ctrl-C where a terminal was left reporting keys as sequences: by kitty's protocol
 * `CSI 99 ; 5 u`, by xterm's modifyOtherKeys `CSI 27 ; 5 ; 99 ~`.
 *
 * @see https://sw.kovidgoyal.net/kitty/keyboard-protocol/
 */
function isCtrlC(parameters: string, final: string): boolean {
  const [, kitty] = /^99(?::\d*)*;(\d+)(?::[12])?(?:;\d*)?$/.exec(parameters) ?? [];
  const [, xterm] = /^27;(\d+);99$/.exec(parameters) ?? [];
  const modifiers = final === 'u' ? kitty : final === '~' ? xterm : undefined;
  // One more than the bits of Shift, Alt, Ctrl, Super, Hyper and Meta; the locks above do not matter.
  return modifiers !== undefined && ((Number(modifiers) - 1) & 0b11_1111) === 0b100;
}
