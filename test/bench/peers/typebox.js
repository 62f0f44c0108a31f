import Type from 'typebox';
import { Compile } from 'typebox/compile';

const ServerMessage = Compile(
  Type.Union([
    Type.Object({
      type: Type.Literal('transcript'),
      msg: Type.String(),
      role: Type.Union([Type.Literal('assistant'), Type.Literal('other'), Type.Literal('user')]),
      offset: Type.Optional(Type.Union([Type.Number(), Type.String(), Type.Null()])),
    }),
    Type.Object({ type: Type.Literal('ack'), ackId: Type.String() }),
    Type.Object({
      type: Type.Literal('event:start'),
      phone: Type.String(),
      timestamp: Type.String(),
    }),
    Type.Object({ type: Type.Literal('event:end'), msg: Type.String() }),
    Type.Object({ type: Type.Literal('event:callEnd'), timestamp: Type.String() }),
    Type.Object({ type: Type.Literal('error'), description: Type.String() }),
  ]),
);

export const parse = (json) => {
  if (!ServerMessage.Check(json)) throw new Error('not a message');
  return json;
};
