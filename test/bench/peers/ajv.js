import { Ajv } from 'ajv';

import { serverMessage } from './json-schema.js';

const validate = new Ajv({ discriminator: true, allowUnionTypes: true }).compile(serverMessage);

export const parse = (json) => {
  if (!validate(json)) throw new Error('not a message');
  return json;
};
