import { filter, map, share } from 'rxjs';

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

/** How the connection ends is not what is measured. */
const error = () => {};

/** Subscribes a tally to all four streams, and keeps nothing of its own but their subscriptions. */
export function subscribeAll(streams, tally, toMessage) {
  const { messages$, transcript$, events$, errors$ } = streams;
  const subscription = transcript$.subscribe({ next: tally.transcript, error });
  subscription.add(events$.subscribe({ next: tally.event, error }));
  subscription.add(errors$.subscribe({ next: tally.error, error }));
  const next = toMessage ? (message) => tally.message(toMessage(message)) : tally.message;
  subscription.add(messages$.subscribe({ next, error }));
  return subscription;
}
