import { say } from './say.js';

/**
 * Prints the URL of a server, a line of standard output by itself, for scripts. Where there is no
 * room for it, the person is told: nothing else names the port.
 */
export function tellUrl(url: string): void {
  process.stdout.write(`${url}\n`, (error) => {
    if (error) say(`listening at ${url}`);
  });
}
