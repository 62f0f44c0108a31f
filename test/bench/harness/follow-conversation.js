import { CUE } from './conversation.js';

/**
 * A client of a conversation that knows nothing of livecall: commands at each cue, and counts.
 *
 * @param {(text: string) => void} send
 */
export function createFollower(send, onEnd) {
  const result = { heard: 0, acknowledged: 0 };
  let commands = 0;
  return {
    result,
    hear: (text) => {
      const message = JSON.parse(text);
      result.heard += 1;
      if (message.type === 'transcript' && message.msg === CUE) {
        const type = commands === 5 ? 'client:endCall' : 'client:joinCall';
        send(JSON.stringify({ type, id: `live-${commands}` }));
        commands += 1;
      } else if (message.type === 'ack') {
        if (message.ackId !== `live-${commands - 1}`) throw new Error('An ack for no command.');
        result.acknowledged += 1;
      } else if (message.type === 'event:callEnd') {
        onEnd();
      }
    },
  };
}
