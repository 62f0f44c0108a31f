import * as v from 'valibot';

const ServerMessage = v.variant('type', [
  v.object({
    type: v.literal('transcript'),
    msg: v.string(),
    role: v.picklist(['assistant', 'other', 'user']),
    offset: v.optional(v.union([v.number(), v.string(), v.null()])),
  }),
  v.object({ type: v.literal('ack'), ackId: v.string() }),
  v.object({ type: v.literal('event:start'), phone: v.string(), timestamp: v.string() }),
  v.object({ type: v.literal('event:end'), msg: v.string() }),
  v.object({ type: v.literal('event:callEnd'), timestamp: v.string() }),
  v.object({ type: v.literal('error'), description: v.string() }),
]);

export const parse = (json) => v.parse(ServerMessage, json);
