import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';

/** An `http.Server` or `https.Server`. */
export type UpgradeSource = Pick<HttpServer, 'on' | 'off' | 'listeners' | 'emit'>;

type Handle = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** By this a listener is known, also to another copy of this module, as after a reload. */
const PATH = Symbol.for('livecall.relay.path');
/** And by this, that a server was told which upgrades are none. */
const TOLD = Symbol.for('livecall.relay.told');

/**
 * Takes the upgrades of a server that are to a path or below it; of several relays, the one of the
 * longest path does, and the newest of the same. Others are left to the other listeners; where there
 * are none, they are answered as the plain requests that they were before: Node hands every upgrade
 * to the listeners as soon as there is one, and hangs up on none.
 *
 * @returns what lets go of the server
 */
export function attachUpgrade(server: UpgradeSource, path: string, handle: Handle): () => void {
  const listen: Handle = (request, socket, head) => {
    const pathname = toPathname(request);
    const relays = server.listeners('upgrade').filter(isOfRelay);
    const takers = relays.filter((relay) => isWithin(pathname, relay[PATH]));
    const longest = Math.max(...takers.map((relay) => relay[PATH].length));
    if (takers.findLast((relay) => relay[PATH].length === longest) === listener) {
      handle(request, socket, head);
    } else if (isForNone(server, request) && relays[0] === listener) {
      // One of them does it for all.
      handBack(server, request, socket, head);
    }
  };
  const listener = Object.assign(listen, { [PATH]: path.replace(/\/+$/, '') });
  tellWhatIsNone(server);
  server.on('upgrade', listener as never);
  return () => {
    server.off('upgrade', listener as never);
  };
}

/** Any listener, and one of a relay's. */
type Listener = ReturnType<UpgradeSource['listeners']>[number];
type RelayListener = Listener & { readonly [PATH]: string };

function isOfRelay(listener: Listener): listener is RelayListener {
  return PATH in listener;
}

function toPathname({ url = '' }: IncomingMessage): string {
  return url.replace(/[?#].*$/s, '');
}

function isWithin(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(`${path}/`);
}

/** Whether nobody listens but relays, and it is to a path of none of them. */
function isForNone(server: UpgradeSource, request: IncomingMessage): boolean {
  const pathname = toPathname(request);
  const listeners = server.listeners('upgrade');
  return (
    listeners.length > 0 &&
    listeners.every((listener) => isOfRelay(listener) && !isWithin(pathname, listener[PATH]))
  );
}

/** A server of Node 24.9 and newer asks whether a request is to be an upgrade. */
interface AskingServer {
  shouldUpgradeCallback?: (request: IncomingMessage) => boolean;
}

/**
 * Has a server that asks take for no upgrade what nobody would take: so it goes on as the request
 * that it is. From 26 on Node reads the body of an upgrade by itself, and its connection could not be
 * handed back. It stays when the relays have gone, and says what the server would.
 */
function tellWhatIsNone(server: UpgradeSource & AskingServer): void {
  const would = server.shouldUpgradeCallback;
  if (would === undefined || TOLD in would) return;
  const should = (request: IncomingMessage) =>
    !isForNone(server, request) && would.call(server, request);
  server.shouldUpgradeCallback = Object.assign(should, { [TOLD]: true });
}

/**
 * Gives a server that does not ask the connection once more, as new, with a request that asks for no
 * upgrade: its body and what is asked next come as on any other. Node's parser has ended the request
 * that it gave us.
 */
function handBack(
  server: UpgradeSource,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    const kept = name.toLowerCase() === 'connection' ? withoutUpgrade(value) : value;
    const isOfUpgrade = /^(?:upgrade|http2-settings)$/i.test(name);
    if (!isOfUpgrade && kept !== '') lines.push(`${name}: ${kept}`);
  }
  const request = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.unshift(Buffer.concat([request, head]));
  server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket);
}

/** RFC 9110 §7.6.1: what stands there is about this connection. */
function withoutUpgrade(connection: string): string {
  return connection
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !/^(?:upgrade|http2-settings)$/i.test(option))
    .join(', ');
}
