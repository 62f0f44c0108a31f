import { useEffect, useState } from 'preact/hooks';

import type { Api, LiveStatus } from './api.js';

const states: Readonly<Record<LiveStatus['state'], string>> = {
  idle: 'Not connected yet',
  connecting: 'Connecting',
  open: 'Connected',
  away: 'The relay is not reached; what is said meanwhile comes later',
  reconnecting: 'Connection lost, dialling again',
  closing: 'The call has ended',
  closed: 'The call is over',
};

/** How long a button waits for the second click that means it. */
const MEANT_WITHIN_MS = 5_000;

/** Join and end the call that this console follows. */
export function LiveBar({
  api,
  status,
  onNumbers,
}: {
  readonly api: Api;
  readonly status: LiveStatus;
  /** Not where there is no recording in which others stand for them. */
  readonly onNumbers: ((numbers: Readonly<Record<string, string>>) => void) | undefined;
}) {
  const [told, setTold] = useState('');
  const [done, setDone] = useState<readonly string[]>([]);
  const isOver = status.state === 'closing' || status.state === 'closed';
  const send = (type: string, name: string) => {
    setTold(`${name}: sent, its acknowledgement is awaited`);
    api
      .command(status.id, type)
      .then((answer) => {
        setTold(`${name}: ${answer.told}`);
        if (answer.isAcknowledged) setDone((before) => [...before, type]);
      })
      .catch((error: unknown) => {
        setTold(`${name}: ${String(error)}`);
      });
  };
  return (
    <section class="live-bar" aria-label="The live call">
      <span class={`live-state ${status.state}`} role="status">
        {states[status.state]}
      </span>
      <span class="live-told" role="status">
        {told}
      </span>
      <span class="spacer" />
      {onNumbers !== undefined && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            api
              .numbers(status.id)
              .then(onNumbers)
              .catch((error: unknown) => {
                setTold(String(error));
              });
          }}
        >
          Show the number
        </button>
      )}
      <Meant
        name="Join"
        again="Join, really?"
        isOff={isOver || done.includes('client:joinCall')}
        onMeant={() => {
          send('client:joinCall', 'Join');
        }}
      />
      <Meant
        name="End"
        again="End the call, really?"
        isOff={isOver || done.includes('client:endCall')}
        onMeant={() => {
          send('client:endCall', 'End');
        }}
      />
    </section>
  );
}

/** A button that is to be clicked twice: the first time it asks. */
function Meant({
  name,
  again,
  isOff,
  onMeant,
}: {
  readonly name: string;
  readonly again: string;
  readonly isOff: boolean;
  readonly onMeant: () => void;
}) {
  const [isAsking, setIsAsking] = useState(false);
  useEffect(() => {
    if (!isAsking) return;
    const timer = setTimeout(() => {
      setIsAsking(false);
    }, MEANT_WITHIN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isAsking]);
  return (
    <button
      type="button"
      class={`meant ${name.toLowerCase()} ${isAsking ? 'asking' : ''}`}
      disabled={isOff}
      onClick={() => {
        if (isAsking) onMeant();
        setIsAsking(!isAsking);
      }}
    >
      {isAsking ? again : name}
      <span class="visually-hidden" role="status">
        {isAsking && 'Once more within five seconds sends it.'}
      </span>
    </button>
  );
}
