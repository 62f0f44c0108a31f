import { z } from 'zod';

export const ServerMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('transcript'),
    msg: z.string(),
    role: z.enum(['assistant', 'other', 'user']),
    offset: z.union([z.number(), z.string(), z.null()]).optional(),
  }),
  z.object({ type: z.literal('ack'), ackId: z.string() }),
  z.object({ type: z.literal('event:start'), phone: z.string(), timestamp: z.string() }),
  z.object({ type: z.literal('event:end'), msg: z.string() }),
  z.object({ type: z.literal('event:callEnd'), timestamp: z.string() }),
  z.object({ type: z.literal('error'), description: z.string() }),
]);

export const parse = (json) => ServerMessage.parse(json);
