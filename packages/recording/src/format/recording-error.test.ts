import { expect, it } from 'vitest';

import { RecordingError } from './recording-error.js';

it('says in which line of which file it is', () => {
  const error = new RecordingError('calls/a.ndjson', 3, '`code` is not number');

  expect(error).toMatchObject({
    _tag: 'RecordingError',
    name: 'RecordingError',
    message: 'calls/a.ndjson:3: `code` is not number',
    file: 'calls/a.ndjson',
    line: 3,
    kind: 'invalid',
    cause: undefined,
  });
});

it('says which file it is where no line is to blame', () => {
  const cause = new Error('ENOENT');
  const error = new RecordingError('a.ndjson', undefined, 'no such file', {
    kind: 'unreadable',
    cause,
  });

  expect(error.message).toBe('a.ndjson: no such file');
  expect(error).toMatchObject({ line: undefined, kind: 'unreadable', cause });
});
