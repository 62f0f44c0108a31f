import type { Entry, FrameEntry, Recording } from '../format/recording.js';
import { toStamp } from '../format/recording.js';
import type { HarEntry, HarMessage } from './har.js';
import { VERSION } from './version.js';

/** Where the endpoint is not in a recording. */
const NO_ENDPOINT = 'wss://unknown.invalid/';

/**
 * Writes a recording as HAR 1.2, an entry a dial, with the messages where Chrome has them; Chrome's
 * network panel shows it. How a connection ended stands in a field of livecall's own; when a dial
 * after the first began is not in a recording, and it begins as it ends. Headers are not recorded.
 *
 * @throws TypeError where the recording has no date
 * @see http://www.softwareishard.com/blog/har-12-spec/
 * @example
 * import { scenario, toHar } from '@livecall/recording';
 *
 * const har = JSON.parse(toHar(scenario().start().caller('Hello?').toRecording()));
 * console.log(har.log.entries[0]._webSocketMessages.length); // => 2
 */
export function toHar({ header, entries }: Recording): string {
  const startedAt = Date.parse(header.recordedAt);
  if (Number.isNaN(startedAt)) throw new TypeError('`recordedAt` is no date, and a HAR needs one.');
  const url = header.endpoint ?? NO_ENDPOINT;
  const har = {
    log: {
      version: '1.2',
      creator: { name: 'livecall', version: VERSION },
      pages: [
        {
          startedDateTime: new Date(startedAt).toISOString(),
          id: 'call',
          title: header.title ?? url,
          pageTimings: { onContentLoad: -1, onLoad: -1 },
        },
      ],
      entries: toDials(entries).map((dial, index) => toEntry(dial, index === 0, startedAt, url)),
    },
  };
  return `${JSON.stringify(har, undefined, 2)}\n`;
}

/** A dial, and what came of it up to the next. */
type Dial = readonly [Entry, ...Entry[]];

function toDials(entries: readonly Entry[]): readonly Dial[] {
  const dials: [Entry, ...Entry[]][] = [];
  for (const entry of entries) {
    if (entry.event === 'open' || entry.event === 'refused' || entry.event === 'failed') {
      dials.push([entry]);
    } else dials.at(-1)?.push(entry);
  }
  return dials;
}

function toEntry(dial: Dial, isFirst: boolean, startedAt: number, url: string): HarEntry {
  const [dialled] = dial;
  const end = dial.findLast(({ event }) => event !== 'end' && event !== 'mark') ?? dialled;
  // To a millisecond, as the date has it; the rest of it was waited for.
  const fromMs = isFirst ? 0 : Math.floor(dialled.at);
  const close = dial.find((entry) => entry.event === 'close');
  const entry = {
    pageref: 'call',
    startedDateTime: new Date(startedAt + fromMs).toISOString(),
    time: toStamp(end.at - fromMs),
    request: {
      method: 'GET',
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: [],
      queryString: [],
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      ...toStatus(dialled),
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers:
        dialled.event === 'refused' && dialled.retryAfterMs !== undefined
          ? [{ name: 'Retry-After', value: String(Math.ceil(dialled.retryAfterMs / 1_000)) }]
          : [],
      content: { size: 0, mimeType: 'x-unknown' },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: toStamp(dialled.at - fromMs), receive: toStamp(end.at - dialled.at) },
    _resourceType: 'websocket',
  };
  return {
    ...entry,
    ...(dialled.event === 'open' && {
      _webSocketMessages: dial.flatMap((each) =>
        each.event === 'frame' ? [toMessage(each, startedAt)] : [],
      ),
    }),
    ...(close?.event === 'close' && {
      _webSocketClosed: { from: close.from, code: close.code, reason: close.reason },
    }),
  };
}

function toStatus(dialled: Entry): { status: number; statusText: string; _error?: string } {
  switch (dialled.event) {
    case 'open':
      return { status: 101, statusText: 'Switching Protocols' };
    case 'refused':
      return { status: dialled.status, statusText: '' };
    case 'failed':
      return { status: 0, statusText: '', _error: dialled.code ?? dialled.reason };
    default:
      return { status: 0, statusText: '' };
  }
}

function toMessage({ at, from, json, text, base64 }: FrameEntry, startedAt: number): HarMessage {
  return {
    type: from === 'client' ? 'send' : 'receive',
    // To a microsecond: more digits a number of this size does not hold.
    time: Math.round((startedAt + at) * 1_000) / 1_000_000,
    opcode: base64 === undefined ? 1 : 2,
    data: base64 ?? text ?? JSON.stringify(json),
  };
}
