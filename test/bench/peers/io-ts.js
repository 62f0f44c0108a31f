import * as t from 'io-ts';

/* Every member a plain `t.type` with a literal `type`: io-ts looks the member up by its tag. */

const Role = t.keyof({ assistant: null, other: null, user: null });
const Offset = t.union([t.number, t.string, t.null, t.undefined]);

export const ServerMessage = t.union([
  t.intersection([
    t.type({ type: t.literal('transcript'), msg: t.string, role: Role }),
    t.partial({ offset: Offset }),
  ]),
  t.type({ type: t.literal('ack'), ackId: t.string }),
  t.type({ type: t.literal('event:start'), phone: t.string, timestamp: t.string }),
  t.type({ type: t.literal('event:end'), msg: t.string }),
  t.type({ type: t.literal('event:callEnd'), timestamp: t.string }),
  t.type({ type: t.literal('error'), description: t.string }),
]);

export const parse = (json) => {
  const decoded = ServerMessage.decode(json);
  if (decoded._tag === 'Left') throw new Error('not a message');
  return decoded.right;
};
