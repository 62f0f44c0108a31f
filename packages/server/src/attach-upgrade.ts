import { ServerResponse } from 'node:http';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';

/** An `http.Server` or `https.Server`. */
export type UpgradeSource = Pick<HttpServer, 'on' | 'off' | 'listenerCount' | 'emit'>;

/**
 * Takes the upgrades of a server that are to a path or below it. Others are left to the other
 * listeners; where there are none, they are answered as the plain requests that they were before:
 * Node hands every upgrade to the listeners as soon as there is one, and hangs up on none.
 *
 * @returns what lets go of the server
 */
export function attachUpgrade(
  server: UpgradeSource,
  path: string,
  handle: (request: IncomingMessage, socket: Socket, head: Buffer) => void,
): () => void {
  const listener = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const pathname = request.url?.replace(/[?#].*$/s, '') ?? '';
    if (pathname === path || pathname.startsWith(path.replace(/\/*$/, '/'))) {
      handle(request, socket, head);
    } else if (server.listenerCount('upgrade') === 1) {
      answerPlainly(server, request, socket);
    }
  };
  server.on('upgrade', listener as never);
  return () => {
    server.off('upgrade', listener as never);
  };
}

function answerPlainly(server: UpgradeSource, request: IncomingMessage, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => {
    response.detachSocket(socket);
    socket.end();
  });
  server.emit('request', request, response);
}
