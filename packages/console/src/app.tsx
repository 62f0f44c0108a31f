import { signal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';

import type { Api, Found, Listed, LiveStatus } from './api.js';
import { CallView } from './call-view.jsx';
import { CompareView } from './compare-view.jsx';
import { LiveBar } from './live-bar.jsx';
import { openCall } from './open-call.js';
import type { OpenedCall } from './open-call.js';
import { Sidebar } from './sidebar.jsx';
import { toShownIds, toHash } from './shown-ids.js';
import type { Frames } from './view-state.js';

/** How often the list is asked for: calls come and go. */
const LIST_EVERY_MS = 3_000;

/** The console: a list of recordings, one or two of them open, and the call that it follows itself. */
export function App({ api, frames }: { readonly api: Api; readonly frames: Frames }) {
  const [state] = useState(() => ({
    listed: signal<readonly Listed[]>([]),
    found: signal<ReadonlyMap<number, Found> | undefined>(undefined),
    live: signal<LiveStatus | null>(null),
    numbers: signal<Readonly<Record<string, string>>>({}),
  }));
  const [problem, setProblem] = useState('');
  const [isListOpen, setIsListOpen] = useState(false);
  const [shown, setShown] = useState(() => toShownIds(location.hash));
  const { listed, found, live, numbers } = state;
  const known = listed.value;

  const show = (ids: readonly number[]) => {
    location.hash = toHash(ids);
    setIsListOpen(false);
  };
  useEffect(() => {
    const onHash = () => {
      setShown(toShownIds(location.hash));
    };
    addEventListener('hashchange', onHash);
    return () => {
      removeEventListener('hashchange', onHash);
    };
  }, []);

  useEffect(() => {
    const left = new AbortController();
    const refresh = async () => {
      try {
        listed.value = await api.list();
        setProblem('');
      } catch (error) {
        setProblem(
          error instanceof TypeError
            ? 'The console has stopped. What is shown stays.'
            : String(error),
        );
      }
    };
    const follow = async () => {
      for await (const status of api.live(left.signal)) {
        live.value = status;
        if (status !== null && location.hash === '') show([status.id]);
      }
    };
    void refresh();
    follow().catch(() => undefined);
    const timer = setInterval(() => {
      if (!document.hidden) void refresh();
    }, LIST_EVERY_MS);
    return () => {
      left.abort();
      clearInterval(timer);
    };
  }, [api]);

  // One file alone is what was meant.
  useEffect(() => {
    if (known.length === 1 && shown.length === 0) show([known[0]?.id ?? 0]);
  }, [known.length, shown.length]);

  const first = useOpened(api, frames, shown[0], known);
  const second = useOpened(api, frames, shown[1], known);
  const hasList = known.length !== 1;
  const isLiveShown = live.value !== null && live.value.id === shown[0] && second === undefined;

  return (
    <div class={hasList ? 'app with-list' : 'app'}>
      {hasList && (
        <Sidebar
          api={api}
          listed={listed}
          found={found}
          shown={shown}
          isOpen={isListOpen || shown.length === 0}
          onOpen={(id) => {
            show([id]);
          }}
          onCompare={(id) => {
            show([shown[0] ?? id, id]);
          }}
          onClose={() => {
            setIsListOpen(false);
          }}
        />
      )}
      <div class="stage">
        {hasList && (
          <button
            type="button"
            class="narrow list-button"
            onClick={() => {
              setIsListOpen(true);
            }}
          >
            Recordings
          </button>
        )}
        {problem !== '' && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {isLiveShown && live.value !== null && (
          <LiveBar
            api={api}
            status={live.value}
            onNumbers={(told) => {
              numbers.value = told;
            }}
          />
        )}
        {first !== undefined && second !== undefined ? (
          <Comparison
            key={shown.join('/')}
            first={first}
            second={second}
            onClose={() => {
              show(shown.slice(0, 1));
            }}
          />
        ) : first !== undefined ? (
          <CallView
            key={shown[0]}
            view={first.view}
            isLive={
              isLiveShown ||
              known.some(({ id, isBeingWritten }) => id === shown[0] && isBeingWritten)
            }
            numbers={numbers.value}
            {...(shown[0] !== undefined &&
              found.value?.get(shown[0]) !== undefined && {
                foundLines: found.value.get(shown[0])?.lines ?? [],
              })}
          />
        ) : (
          <main class="empty">
            <h1>{known.length === 0 ? 'No recording yet' : 'Choose a recording'}</h1>
            <p>
              {known.length === 0
                ? 'Recordings appear here as they are written.'
                : 'Open one, then compare it with another.'}
            </p>
          </main>
        )}
      </div>
    </div>
  );
}

/** The call of an id, read as long as it is shown. */
function useOpened(
  api: Api,
  frames: Frames,
  id: number | undefined,
  known: readonly Listed[],
): OpenedCall | undefined {
  const listed = known.find((one) => one.id === id);
  const isKnown = listed !== undefined;
  const opened = useMemo(
    () =>
      listed === undefined
        ? undefined
        : openCall(
            api,
            { id: listed.id, name: listed.name, isLive: listed.isBeingWritten },
            frames,
          ),
    [api, frames, id, isKnown],
  );
  useEffect(() => {
    opened?.read.catch(() => undefined);
    return opened?.close;
  }, [opened]);
  return opened;
}

/** Two calls, compared once both were read. */
function Comparison({
  first,
  second,
  onClose,
}: {
  readonly first: OpenedCall;
  readonly second: OpenedCall;
  readonly onClose: () => void;
}) {
  const [isRead, setIsRead] = useState(false);
  // What is still being written is compared as far as it is.
  const isGrown = [first, second].every(({ view }) => view.shown.value.call.rows.length > 0);
  useEffect(() => {
    void Promise.allSettled([first.read, second.read]).then(() => {
      setIsRead(true);
    });
  }, [first, second]);
  if (!isRead && !isGrown) return <main class="empty" aria-busy="true" />;
  return (
    <CompareView
      key={isRead ? 'whole' : 'part'}
      left={first.view.shown.value.call}
      right={second.view.shown.value.call}
      onClose={onClose}
    />
  );
}
