import type { RecordingSummary } from '@livecall/recording';

/** A recording in the list. */
export interface Listed {
  readonly id: number;
  readonly name: string;
  readonly summary?: RecordingSummary;
  readonly problem?: string;
  readonly isBeingWritten: boolean;
  /** Of a call that goes on without a recording: there is nothing of it to be read. */
  readonly isUnrecorded?: true;
}

/** Where words were said in a recording. */
export interface Found {
  readonly id: number;
  readonly count: number;
  /** From which line of the file to which each place goes; who speaks may take several. */
  readonly lines: readonly (readonly [from: number, through: number])[];
  readonly text: string;
}

/** What was searched for, and where it was said. */
export interface FoundWords {
  readonly words: string;
  readonly recordings: ReadonlyMap<number, Found>;
}

/** How a call stands that the console's own process follows. */
export interface LiveStatus {
  readonly id: number;
  readonly state: 'idle' | 'connecting' | 'open' | 'away' | 'reconnecting' | 'closing' | 'closed';
}

/** What became of a command. */
export interface CommandAnswer {
  readonly isAcknowledged: boolean;
  readonly told: string;
}

/** What the page asks of its console. Every request shows the key; each rejects where the console is gone. */
export interface Api {
  list(): Promise<readonly Listed[]>;
  search(words: string, role: string, signal: AbortSignal): Promise<readonly Found[]>;
  /** The bytes of a recording, and those that are written meanwhile. */
  recording(id: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** How each call stands that the console's process follows; null where it follows none. */
  live(signal: AbortSignal): AsyncIterable<LiveStatus | null>;
  command(id: number, type: string): Promise<CommandAnswer>;
  numbers(id: number): Promise<Readonly<Record<string, string>>>;
}

/** Makes the way to the console that has served the page. */
export function createApi(key: string): Api {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(path, { ...init, headers: { 'x-livecall-key': key } });
    if (!response.ok) throw new Error(await response.text());
    return response;
  };
  async function* toBytes(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const reader = (await ask(path, { signal })).body?.getReader();
    if (reader === undefined) return;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }
  async function* toValues<A>(path: string, signal: AbortSignal): AsyncGenerator<A> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const bytes of toBytes(path, signal)) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as A;
    }
  }
  const toAll = async <A>(path: string, signal?: AbortSignal): Promise<readonly A[]> => {
    const text = await (await ask(path, signal === undefined ? {} : { signal })).text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as A);
  };
  const post = async <A>(path: string): Promise<A> =>
    (await (await ask(path, { method: 'POST' })).json()) as A;

  return {
    list: () => toAll('/api/recordings'),
    search: (words, role, signal) =>
      toAll(`/api/search?${new URLSearchParams({ words, role }).toString()}`, signal),
    recording: (id, signal) => toBytes(`/api/recording?id=${id}`, signal),
    live: (signal) => toValues('/api/live', signal),
    command: (id, type) =>
      post(`/api/command?${new URLSearchParams({ id: `${id}`, type }).toString()}`),
    numbers: (id) => post(`/api/numbers?id=${id}`),
  };
}
