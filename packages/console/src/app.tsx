import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Api, FoundWords, Listed, LiveStatus } from './api.js';
import { CallView } from './call-view.jsx';
import { CompareView } from './compare-view.jsx';
import { LiveBar } from './live-bar.jsx';
import { openCall } from './open-call.js';
import type { OpenedCall } from './open-call.js';
import { Sidebar } from './sidebar.jsx';
import { toShownIds, toHash } from './shown-ids.js';
import type { Sought } from './sought-places.js';
import type { Frames } from './view-state.js';

/** How often the list is asked for: calls come and go. */
const LIST_EVERY_MS = 3_000;

const NO_NUMBERS: Readonly<Record<string, string>> = {};

/** The console: a list of recordings, one or two of them open, and the call that it follows itself. */
export function App({ api, frames }: { readonly api: Api; readonly frames: Frames }) {
  const [state] = useState(() => ({
    listed: signal<readonly Listed[]>([]),
    found: signal<FoundWords | undefined>(undefined),
    live: signal<ReadonlyMap<number, LiveStatus>>(new Map()),
    numbers: signal<ReadonlyMap<number, Readonly<Record<string, string>>>>(new Map()),
  }));
  const [problem, setProblem] = useState('');
  const [isListOpen, setIsListOpen] = useState(false);
  const [shown, setShown] = useState(() => toShownIds(location.hash));
  const listButton = useListButton(isListOpen, setIsListOpen);
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
        if (status === null) continue;
        live.value = new Map(live.value).set(status.id, status);
        if (!listed.value.some(({ id }) => id === status.id)) void refresh();
        if (location.hash === '') show([status.id]);
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
  // What is shown may be over, and another come.
  const hasList = known.length !== 1 || (shown[0] ?? known[0]?.id) !== known[0]?.id;
  const isUnrecorded = known.some((one) => one.id === shown[0] && one.isUnrecorded === true);
  const liveShown = second === undefined ? live.value.get(shown[0] ?? -1) : undefined;

  return (
    <div class={hasList ? 'app with-list' : 'app'}>
      {hasList && (
        <Sidebar
          api={api}
          listed={listed}
          found={found}
          shown={shown}
          isOpen={isListOpen || shown.length === 0}
          canClose={shown.length > 0}
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
      <div class="stage" inert={isListOpen}>
        {hasList && (
          <button
            ref={listButton}
            type="button"
            class="narrow list-button"
            aria-expanded={isListOpen}
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
        {liveShown !== undefined && (
          <LiveBar
            key={liveShown.id}
            api={api}
            status={liveShown}
            onNumbers={
              isUnrecorded
                ? undefined
                : (told) => {
                    numbers.value = new Map(numbers.value).set(liveShown.id, told);
                  }
            }
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
              liveShown !== undefined ||
              known.some(({ id, isBeingWritten }) => id === shown[0] && isBeingWritten)
            }
            numbers={numbers.value.get(shown[0] ?? -1) ?? NO_NUMBERS}
            sought={toSought(found.value, shown[0])}
          />
        ) : isUnrecorded ? (
          <main class="empty">
            <h1>This call is not recorded</h1>
            <p>It goes on, and can be joined and ended here. The command line says why.</p>
          </main>
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

/**
 * Where there is no room for it beside the call, the list lies over it: who closes it goes on at the
 * button that has opened it, and it is not left there once there is room.
 */
function useListButton(isOpen: boolean, setIsOpen: (isOpen: boolean) => void) {
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  useEffect(() => {
    const isWide = matchMedia('(min-width: 861px)');
    const close = () => {
      setIsOpen(false);
    };
    isWide.addEventListener('change', close);
    return () => {
      isWide.removeEventListener('change', close);
    };
  }, [setIsOpen]);
  return button;
}

/** The words that are searched for, and where this call has them. */
function toSought(found: FoundWords | undefined, id = -1): Sought | undefined {
  const lines = found?.recordings.get(id)?.lines;
  return found === undefined || lines === undefined ? undefined : { words: found.words, lines };
}

/** The call of an id, read as long as it is shown. */
function useOpened(
  api: Api,
  frames: Frames,
  id: number | undefined,
  known: readonly Listed[],
): OpenedCall | undefined {
  const listed = known.find((one) => one.id === id);
  const isReadable = listed !== undefined && listed.isUnrecorded !== true;
  const opened = useMemo(
    () =>
      listed === undefined || !isReadable
        ? undefined
        : openCall(
            api,
            { id: listed.id, name: listed.name, isLive: listed.isBeingWritten },
            frames,
          ),
    [api, frames, id, isReadable],
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
