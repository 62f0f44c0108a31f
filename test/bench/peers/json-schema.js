const string = { type: 'string' };
const tagged = (tag, fields, required = Object.keys(fields)) => ({
  type: 'object',
  properties: { type: { const: tag }, ...fields },
  required: ['type', ...required],
});

/** The messages as ajv's `discriminator` wants them. */
export const serverMessage = {
  type: 'object',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  oneOf: [
    tagged(
      'transcript',
      {
        msg: string,
        role: { enum: ['assistant', 'other', 'user'] },
        offset: { type: ['number', 'string', 'null'] },
      },
      ['msg', 'role'],
    ),
    tagged('ack', { ackId: string }),
    tagged('event:start', { phone: string, timestamp: string }),
    tagged('event:end', { msg: string }),
    tagged('event:callEnd', { timestamp: string }),
    tagged('error', { description: string }),
  ],
};
