import { LIVE_CALLS_PATH } from '@livecall/core';

import type { Har, HarEntry, HarMessage } from './har.js';
import { assertApart, chooseConnection, ImportError, partUrl, toImported } from './imported.js';
import type { Imported, ImportedDial, ImportOptions } from './imported.js';

/** Beyond that it is no number of seconds before the year 5138, but milliseconds. */
const LARGEST_SECONDS = 1e11;

/**
 * Reads the dials of a call out of a HAR: of Chrome, whose times are seconds, of Playwright, which
 * has milliseconds and messages only with `content: 'embed'`, of mitmproxy, of livecall. What a HAR
 * has no place for is in `lacks`.
 *
 * @throws ImportError where it is no HAR, has no WebSocket, or connections that overlap
 * @example
 * import { importHar, scenario, toHar } from '@livecall/recording';
 *
 * const { recording, lacks } = importHar(toHar(scenario().start().callEnd().toRecording()));
 * console.log(recording.entries.length, lacks.length); // => 5 0
 */
export function importHar(text: string, options: ImportOptions = {}): Imported {
  const { log } = parseHar(text);
  const sockets = log.entries.filter(isSocket);
  const ofEndpoint = sockets.filter(({ request }) =>
    partUrl(request.url).endpoint.endsWith(LIVE_CALLS_PATH),
  );
  const all = ofEndpoint.length > 0 ? ofEndpoint : sockets;
  if (all.length === 0) {
    throw new ImportError(
      'There is no WebSocket in this HAR. One that was open before the recording began is not in it.',
    );
  }
  const chosen = chooseConnection(all, options);
  const dials = chosen.map(toDial).sort((one, other) => one.dial.startedAt - other.dial.startedAt);
  assertApart(dials.map(({ dial }) => dial));
  const urls = chosen.map(({ request }) => partUrl(request.url));
  const title = log.creator?.name === 'livecall' ? log.pages?.[0]?.title : undefined;
  const endpoint = urls[0]?.endpoint;
  return {
    recording: toImported(
      dials.map(({ dial }) => dial),
      {
        ...(endpoint !== undefined && endpoint !== '' && { endpoint }),
        ...(title !== undefined && { title }),
      },
      dials[0]?.dial.startedAt,
    ),
    lacks: [...new Set(dials.flatMap(({ lacks }) => lacks))],
    tokens: [...urls.flatMap(({ tokens }) => tokens), ...chosen.flatMap(toBearers)],
  };
}

function parseHar(text: string): Har {
  let har: Partial<Har> | null;
  try {
    har = JSON.parse(text) as Partial<Har> | null;
  } catch (cause) {
    throw new ImportError('It is no HAR: it is not JSON.', { cause });
  }
  if (!Array.isArray(har?.log?.entries)) {
    throw new ImportError('It is no HAR: there are no `log.entries` in it.');
  }
  return har as Har;
}

function isSocket({ request, _resourceType, _webSocketMessages }: HarEntry): boolean {
  return (
    _resourceType === 'websocket' || _webSocketMessages !== undefined || /^wss?:/.test(request.url)
  );
}

interface FoundDial {
  readonly dial: ImportedDial;
  readonly lacks: readonly string[];
}

function toDial(entry: HarEntry): FoundDial {
  const { response, _webSocketMessages: messages, _webSocketClosed: closed } = entry;
  const startedAt = Date.parse(entry.startedDateTime);
  if (Number.isNaN(startedAt)) throw new ImportError('A connection in it has no date.');
  const { status } = response;
  const lacks: string[] = [];
  const frames = (messages ?? []).map((message) => toFrame(message, startedAt));
  if (status === 101) {
    if (messages === undefined) {
      lacks.push(
        "messages: it holds none (Playwright keeps them with `content: 'embed'` alone), so there is no frame in the recording",
      );
    }
    if (messages?.some(({ time }) => time < 0) === true) {
      lacks.push('times: its messages have none, and all stand at the opening');
    }
    if (closed === undefined) {
      lacks.push(
        'close codes: how a connection ended is not in a HAR, and it stands as cut (1006)',
      );
    }
  } else if (status === 0 || status === -1) {
    lacks.push('reasons for failed dials: each stands as unreachable, whatever it was');
  }
  const lastAt = frames.at(-1)?.at ?? startedAt;
  const wait = (entry as { readonly timings?: { readonly wait?: number } }).timings?.wait;
  const firstAt = Math.min(...frames.map(({ at }) => at));
  const answeredAt = Math.min(startedAt + Math.max(0, wait ?? 0), firstAt);
  const retryAfter = response.headers?.find(({ name }) => name.toLowerCase() === 'retry-after');
  const retryAfterMs = Number(retryAfter?.value) * 1_000;
  const code = /^[A-Z][A-Z0-9_]+$/.exec(response._error ?? '')?.[0];
  return {
    dial: {
      startedAt,
      answeredAt,
      status: status > 0 ? status : undefined,
      frames,
      ...(code !== undefined && { code }),
      ...(retryAfterMs >= 0 && { retryAfterMs }),
      ...(closed !== undefined && {
        closed: { ...closed, at: Math.max(lastAt, startedAt + (entry.time ?? 0)) },
      }),
    },
    lacks,
  };
}

function toFrame(
  { type, time, opcode, data }: HarMessage,
  startedAt: number,
): ImportedDial['frames'][number] {
  const at = time < 0 ? startedAt : time > LARGEST_SECONDS ? time : time * 1_000;
  return {
    // What a browser's clock says of the dial may be some ms after what it says of the first message.
    at,
    from: type === 'send' ? 'client' : 'server',
    frame: opcode === 2 ? Buffer.from(data, 'base64') : data,
  };
}

function toBearers({ request }: HarEntry): readonly string[] {
  return (request.headers ?? []).flatMap(({ name, value }) =>
    name.toLowerCase() === 'authorization' ? [value.replace(/^Bearer\s+/i, '')] : [],
  );
}
