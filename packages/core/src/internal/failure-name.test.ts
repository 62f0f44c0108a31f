import { runInNewContext } from 'node:vm';

import { expect, it } from 'vitest';

import { failureName } from './failure-name.js';
import { systemCode } from './system-code.js';

class OwnError extends Error {
  override readonly name = 'OwnError';
}

it.each([
  [new TypeError('no'), 'TypeError'],
  [new OwnError('no'), 'OwnError'],
  [runInNewContext('new RangeError("no")'), 'RangeError'],
  ['no error', 'string'],
  [{ name: 'secret' }, 'object'],
  [undefined, 'undefined'],
])('names what was thrown, of whichever realm', (failure, name) => {
  expect(failureName(failure)).toBe(name);
});

it.each([
  [Object.assign(new Error('no'), { code: 'ENOENT' }), 'ENOENT'],
  [runInNewContext('Object.assign(new Error("no"), { code: "ENOENT" })'), 'ENOENT'],
  [runInNewContext('new Error("no")'), 'unknown'],
  [Object.assign(new Error('no'), { code: 2 }), 'unknown'],
  [null, 'unknown'],
])('finds the code of an error, of whichever realm', (failure, code) => {
  expect(systemCode(failure)).toBe(code);
});
