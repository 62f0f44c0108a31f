import { emitKeypressEvents } from 'node:readline';
import type { Key } from 'node:readline';

import { EMPTY, map, Observable, share } from 'rxjs';

/** The keys typed into a terminal, by name, Ctrl-C as `C-c`; nothing where there is none. */
export function keys(stdin: NodeJS.ReadStream): Observable<string> {
  if (!stdin.isTTY) return EMPTY;
  return new Observable<Key>((subscriber) => {
    emitKeypressEvents(stdin);
    stdin.setRawMode(true).resume();
    const listener = (_text: string | undefined, key: Key) => {
      subscriber.next(key);
    };
    stdin.on('keypress', listener);
    return () => stdin.off('keypress', listener).setRawMode(false).pause();
  }).pipe(
    map(({ name = '', ctrl = false }) => (ctrl ? `C-${name}` : name)),
    share(),
  );
}
