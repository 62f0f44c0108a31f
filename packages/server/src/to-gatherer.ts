import type { Socket } from 'node:net';

/**
 * Gathers the writes to a socket: those of one turn go to the system together, or as
 * soon as there are so many bytes of them. To hand a frame to it takes longer than all the rest.
 */
export function toGatherer(socket: Socket, atMostBytes: number) {
  let isGathering = false;
  const flush = () => {
    if (isGathering) socket.uncork();
    isGathering = false;
  };
  const gather = (write: () => void) => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      queueMicrotask(flush);
    }
    write();
    if (socket.writableLength > atMostBytes) flush();
  };
  return { gather, flush };
}
