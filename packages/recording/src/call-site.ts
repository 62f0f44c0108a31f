/**
 * Remembers who called, and says when asked in which line: the first place in the stack that is in
 * another file than the one this is called in. Nothing where the stack does not tell.
 *
 * @returns `file:line`, from the working folder where it is in that
 */
export function rememberCallSite(): () => string | undefined {
  // Its stack is written down when it is asked for; most are never asked.
  const trace = new Error();
  return () => {
    const places = (trace.stack ?? '').split('\n').flatMap((line) => {
      const found = PLACE.exec(line);
      return found === null ? [] : [{ file: found[1] ?? '', line: found[2] ?? '' }];
    });
    // First this function, then who asked it to remember.
    const own = places[1]?.file;
    const caller = places.slice(2).find(({ file }) => file !== own);
    return caller === undefined ? undefined : `${toPath(caller.file)}:${caller.line}`;
  };
}

const PLACE = /(?:\(|at )((?:file:\/\/)?[^()]+?):(\d+):\d+\)?$/;

/** A path as people write it, from the working folder where it is in that; a page's URL stays as it is. */
function toPath(file: string): string {
  const path = file.startsWith('file:')
    ? decodeURIComponent(new URL(file).pathname).replace(/^\/(?=[a-z]:)/i, '')
    : file;
  const folder = process()?.cwd?.().replaceAll('\\', '/');
  const slashed = path.replaceAll('\\', '/');
  return folder !== undefined && slashed.startsWith(`${folder}/`)
    ? slashed.slice(folder.length + 1)
    : path;
}

/** A page has no working folder. */
const process = () => (globalThis as { readonly process?: Partial<NodeJS.Process> }).process;
