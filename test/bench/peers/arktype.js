import { type } from 'arktype';

const ServerMessage = type({
  type: "'transcript'",
  msg: 'string',
  role: "'assistant' | 'other' | 'user'",
  'offset?': 'number | string | null',
})
  .or({ type: "'ack'", ackId: 'string' })
  .or({ type: "'event:start'", phone: 'string', timestamp: 'string' })
  .or({ type: "'event:end'", msg: 'string' })
  .or({ type: "'event:callEnd'", timestamp: 'string' })
  .or({ type: "'error'", description: 'string' });

export const parse = (json) => ServerMessage.assert(json);
