import { liveCall } from '@livecall/core';

import { CUE } from './conversation.js';
import { createFollower } from './follow-conversation.js';

/** Follows the conversation over a transport, with the same callback as everyone. */
export function withCallback(transport) {
  return new Promise((resolve) => {
    let follower;
    transport.subscribe({
      next: ({ frames$, send }) => {
        follower = createFollower(send, () => {});
        frames$.subscribe(follower.hear);
      },
      error: () => resolve(follower.result),
    });
  });
}

/** Follows it with livecall's own client. */
export async function withLiveCall(transport) {
  const result = { heard: 0, acknowledged: 0 };
  const call = liveCall(transport);
  let commands = 0;
  call.messages$.subscribe(() => {
    result.heard += 1;
  });
  call.transcript$.subscribe(({ msg }) => {
    if (msg !== CUE) return;
    commands += 1;
    (commands === 6 ? call.endCall() : call.joinCall()).subscribe(() => {
      result.acknowledged += 1;
    });
  });
  await new Promise((resolve) => {
    call.state$.subscribe({ complete: resolve });
    call.connect();
  });
  return result;
}
