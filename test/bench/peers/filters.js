import { filter, identity, map, share } from 'rxjs';

/** What is written again and again: one stream that is validated, shared and filtered three times. */
export function toStreams(json$, parse) {
  const messages$ = json$.pipe(map(parse), share());
  return {
    messages$,
    transcript$: messages$.pipe(filter(({ type }) => type === 'transcript')),
    events$: messages$.pipe(filter(({ type }) => type.startsWith('event:'))),
    errors$: messages$.pipe(filter(({ type }) => type === 'error')),
  };
}

/** Subscribes a tally to all four streams. */
export function subscribeAll(streams, tally, toMessage = identity) {
  const { messages$, transcript$, events$, errors$ } = streams;
  const error = () => {
    // How the connection ends is not what is measured.
  };
  const subscription = transcript$.subscribe({ next: tally.transcript, error });
  subscription.add(events$.subscribe({ next: tally.event, error }));
  subscription.add(errors$.subscribe({ next: tally.error, error }));
  subscription.add(
    messages$.subscribe({ next: (message) => tally.message(toMessage(message)), error }),
  );
  return subscription;
}
