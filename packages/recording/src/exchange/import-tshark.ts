import { LIVE_CALLS_PATH } from '@livecall/core';

import { assertApart, chooseConnection, ImportError, partUrl, toImported } from './imported.js';
import type { Imported, ImportedDial, ImportOptions } from './imported.js';

/** What tshark writes of a packet: its layers, of which some may stand several times. */
type Layers = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the dials of a call out of what `tshark -T json` wrote of a capture, with the clocks, the
 * refusals and the close codes that are in it.
 *
 * Two messages in one packet are two keys of one name, of which JSON keeps one: they are told apart
 * here, with tshark's `--no-duplicate-keys` or without.
 *
 * @throws ImportError where it is not tshark's, has no WebSocket, or connections that overlap
 * @example
 * import { readFileSync } from 'node:fs';
 * import { importTshark } from '@livecall/recording';
 *
 * // tshark -r call.pcap -T json > call.json
 * export const imported = () => importTshark(readFileSync('call.json', 'utf8'));
 */
export function importTshark(text: string, options: ImportOptions = {}): Imported {
  const streams = new Map<string, Stream>();
  for (const { layers } of parsePackets(text)) {
    const id = toText(field(layers['tcp'], 'tcp.stream')) ?? '';
    const stream = streams.get(id) ?? createStream();
    streams.set(id, stream);
    stream.take(layers);
  }
  const sockets = [...streams.values()].flatMap((stream) => stream.socket() ?? []);
  if (sockets.length === 0) {
    throw new ImportError(
      'There is no WebSocket in this capture that tshark can read; behind TLS it needs the keys.',
    );
  }
  const ofEndpoint = sockets.filter(({ url }) => partUrl(url).endpoint.endsWith(LIVE_CALLS_PATH));
  const chosen = chooseConnection(ofEndpoint.length > 0 ? ofEndpoint : sockets, options);
  const dials = chosen.map(({ dial }) => dial);
  assertApart(dials);
  const urls = chosen.map(({ url }) => partUrl(url));
  const endpoint = urls[0]?.endpoint ?? '';
  return {
    recording: toImported(dials, { ...(endpoint !== '' && { endpoint }) }, dials[0]?.startedAt),
    lacks: [...new Set(chosen.flatMap(({ lacks }) => lacks))],
    tokens: [...urls.flatMap(({ tokens }) => tokens), ...chosen.flatMap(({ tokens }) => tokens)],
  };
}

/** Gives a second key of the same name in a packet a name of its own, as tshark lays them out. */
const REPEATED = /^( {8,})"(websocket|data|http\.response\.line)": /gm;

function parsePackets(text: string): readonly { readonly layers: Layers }[] {
  let count = 0;
  try {
    const packets: unknown = JSON.parse(
      text.replace(
        REPEATED,
        (_key, indent: string, name: string) => `${indent}"${name} ${(count += 1)}": `,
      ),
    );
    if (Array.isArray(packets)) {
      return packets.map((packet) => {
        const layers = field(field(packet, '_source'), 'layers');
        if (!isFields(layers)) throw new TypeError('no layers');
        return { layers };
      });
    }
  } catch (cause) {
    throw new ImportError('It is not what `tshark -T json` writes.', { cause });
  }
  throw new ImportError('It is not what `tshark -T json` writes.');
}

interface Socket {
  readonly url: string;
  readonly dial: ImportedDial;
  readonly lacks: readonly string[];
  readonly tokens: readonly string[];
}

interface Stream {
  take(layers: Layers): void;
  /** What the stream was, where it was a WebSocket or was to be one. */
  socket(): Socket | undefined;
}

function createStream(): Stream {
  let url = '';
  let startedAt: number | undefined;
  let answeredAt: number | undefined;
  let status: number | undefined;
  let retryAfterMs: number | undefined;
  let closed: ImportedDial['closed'];
  let isSocket = false;
  const frames: ImportedDial['frames'][number][] = [];
  const lacks = new Set<string>();
  const tokens: string[] = [];

  const takeHttp = (http: Fields, at: number) => {
    const uri = toText(http['http.request.full_uri']);
    if (uri !== undefined && toText(http['http.upgrade'])?.toLowerCase() === 'websocket') {
      [url, startedAt, isSocket] = [uri, at, true];
      const authorization = toText(http['http.authorization']);
      if (authorization !== undefined) tokens.push(authorization.replace(/^Bearer\s+/i, ''));
    }
    const code = Object.values(http).map((value) => toText(field(value, 'http.response.code')));
    const answered = Number(code.find((value) => value !== undefined));
    if (!(answered > 0)) return;
    [answeredAt, status] = [at, answered];
    const lines = all(http, 'http.response.line').map(toText);
    const seconds = lines.flatMap((line) => /^Retry-After: (\d+)/i.exec(line ?? '')?.[1] ?? [])[0];
    if (seconds !== undefined) retryAfterMs = Number(seconds) * 1_000;
  };
  const takeSocket = (layers: Layers, at: number) => {
    const binaries = all(layers, 'data').map((data) => toText(field(data, 'data.data')) ?? '');
    for (const socket of all(layers, 'websocket').filter(isFields)) {
      isSocket = true;
      const from = toText(socket['websocket.mask']) === '1' ? 'client' : 'server';
      const payload = socket['websocket.payload'];
      switch (toText(socket['websocket.opcode'])) {
        case '1': {
          const frame = toText(field(payload, 'websocket.payload.text'));
          if (frame === undefined && toText(socket['websocket.payload_length']) !== '0') {
            lacks.add('texts of some messages, which are compressed or cut off: they are left out');
          } else frames.push({ at, from, frame: frame ?? '' });
          break;
        }
        case '2':
          frames.push({
            at,
            from,
            frame: Buffer.from((binaries.shift() ?? '').replaceAll(':', ''), 'hex'),
          });
          break;
        case '8': {
          const close = field(payload, 'websocket.payload.close');
          const code = Number(toText(field(close, 'websocket.payload.close.status_code')) ?? 1005);
          const reason = toText(field(close, 'websocket.payload.close.reason')) ?? '';
          closed ??= { at, from, code, reason };
          break;
        }
        case '0':
          lacks.add(
            'fragments put together: of a message in several, only the first is in the recording',
          );
          break;
        default:
      }
    }
  };

  return {
    take: (layers) => {
      const at = Number(toText(field(layers['frame'], 'frame.time_epoch'))) * 1_000;
      if (isFields(layers['http'])) takeHttp(layers['http'], at);
      takeSocket(layers, at);
      const flags = field(layers['tcp'], 'tcp.flags_tree');
      const isOver = ['tcp.flags.fin', 'tcp.flags.reset'].some((flag) => isSet(field(flags, flag)));
      if (isSocket && isOver) closed ??= { at, from: 'server', code: 1006, reason: '' };
    },
    socket: () => {
      if (!isSocket) return undefined;
      if (closed === undefined && (status === 101 || status === undefined)) {
        lacks.add(
          'end of the connection: the capture was over before it, and it stands as cut (1006)',
        );
      }
      if (startedAt === undefined) {
        lacks.add('handshake: the capture began after it, and the URL is not known');
      }
      const first = startedAt ?? frames[0]?.at ?? 0;
      return {
        url,
        dial: {
          startedAt: first,
          answeredAt: answeredAt ?? first,
          // Whose frames are there was let in, whether that was captured or not.
          status: status ?? (frames.length > 0 || closed !== undefined ? 101 : undefined),
          frames,
          ...(retryAfterMs !== undefined && { retryAfterMs }),
          ...(closed !== undefined && { closed }),
        },
        lacks: [...lacks],
        tokens,
      };
    },
  };
}

/** The layers of a name: one, a list of them, or several by numbered names. */
function all(layers: Layers, name: string): readonly unknown[] {
  return Object.entries(layers)
    .filter(([key]) => key === name || key.startsWith(`${name} `))
    .flatMap(([, value]): unknown[] => (Array.isArray(value) ? value : [value]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `1` of tshark 4.0, `True` of later ones. */
function isSet(value: unknown): boolean {
  return value === '1' || value === 'True' || value === true;
}
