import type { NatsConnection } from '@nats-io/transport-node';
import type { Subscription } from 'rxjs';
import { merge } from 'rxjs';

import { brokerLink } from '../broker-link.js';
import { say } from './say.js';

/** Says when the NATS server is away, or denies something, and when it is there again; each once. */
export function sayLink(connection: NatsConnection): Subscription {
  const { news$, denials$ } = brokerLink(connection);
  let told: string | undefined;
  return merge(news$, denials$).subscribe((news) => {
    if (news === 'closed') return;
    if (news === 'back') {
      if (told !== undefined) say('the NATS server is there again');
      told = undefined;
    } else if (told === undefined || (told === 'away' && news !== 'away')) {
      told = news;
      say(
        news === 'away'
          ? 'the NATS server is away; waits for it'
          : `the NATS server denies what is needed (${news})`,
      );
    }
  });
}
