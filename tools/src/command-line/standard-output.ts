import { once } from 'node:events';
import { fstatSync, writeSync } from 'node:fs';

import { exitCodes, ExitError } from './exit-error.js';

/** Standard output where what is written there is what the command was called for. */
export interface StandardOutput {
  /** Writes; never throws. After the first failure nothing is written any more. */
  write(text: string): void;
  /**
   * Waits until what was written is on its way, so that no more of it is kept than must be. Rejects
   * with an `ExitError` where it cannot be written.
   *
   * @returns whether anybody reads it still
   */
  ready(): Promise<boolean>;
  /** Waits until everything is written; else as `ready`. */
  flushed(): Promise<boolean>;
  /** Resolves with why nothing more can be written, once that is so. */
  readonly lost: Promise<ExitError>;
}

/** Who read it has gone: a pipe's reader, the terminal. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ECONNRESET']);

/** Whether an output was lost since nobody reads it any more, as with `| head`. */
export function isReaderGone(error: unknown): boolean {
  return GONE.has(codeOf(error));
}

/** As `systemCode`, which `livecall --help` would wait for: it comes with RxJS. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}

/** Says why standard output cannot be written. */
export function toOutputProblem(error: unknown): string {
  const code = codeOf(error);
  if (GONE.has(code)) return 'nobody reads it any more';
  return code === 'ENOSPC' ? 'the disk is full' : `cannot be written (${code})`;
}

type Stream = NodeJS.WriteStream & { readonly fd: number };

/** Opens standard output as a product, which is whole or told of. */
export function openStandardOutput(stream: Stream = process.stdout): StandardOutput {
  let loss: ExitError | undefined;
  let tellLost: (loss: ExitError) => void;
  const lost = new Promise<ExitError>((resolve) => (tellLost = resolve));
  const lose = (cause: unknown) => {
    if (loss !== undefined) return;
    const message = `standard output: ${toOutputProblem(cause)}.`;
    loss = new ExitError(exitCodes.ioError, message, { cause });
    tellLost(loss);
  };
  stream.on('error', lose);
  const writesWhole = isFile(stream);

  const isRead = (): boolean => {
    if (loss === undefined) return true;
    if (isReaderGone(loss.cause)) return false;
    throw loss;
  };
  return {
    write: (text) => {
      if (loss !== undefined) return;
      if (!writesWhole) {
        stream.write(text);
        return;
      }
      try {
        writeWhole(stream.fd, text);
      } catch (cause) {
        lose(cause);
      }
    },
    ready: async () => {
      if (stream.writableNeedDrain && loss === undefined) {
        await Promise.race([once(stream, 'drain'), lost]);
      }
      return isRead();
    },
    flushed: async () => {
      if (!writesWhole && loss === undefined) {
        await new Promise<void>((resolve) => {
          stream.write('', (error) => {
            if (error) lose(error);
            resolve();
          });
        });
      }
      return isRead();
    },
    lost,
  };
}

/** Whether it is a file, or a device that is written as one. */
function isFile(stream: Stream): boolean {
  if (stream.isTTY) return false;
  const stat = fstatSync(stream.fd);
  return stat.isFile() || stat.isCharacterDevice();
}

/** Node's own stream for a file takes a part that was written for the whole. */
function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written);
  }
}
