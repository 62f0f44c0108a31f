import { expect, it } from 'vitest';

import { classify } from './classify.js';
import { AckTimeoutError, NotOpenError, ServerReportedError } from './command-error.js';
import { InvalidFrameError } from './invalid-frame-error.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
} from './transport-error.js';

it.each([
  [200, 'fatal'],
  [301, 'fatal'],
  [302, 'fatal'],
  [400, 'fatal'],
  [401, 'refresh-token'],
  [402, 'fatal'],
  [403, 'fatal'],
  [404, 'fatal'],
  [407, 'fatal'],
  [408, 'retry'],
  [409, 'fatal'],
  [410, 'fatal'],
  [426, 'fatal'],
  [428, 'fatal'],
  [429, 'retry'],
  [430, 'fatal'],
  [499, 'fatal'],
  [500, 'retry'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
  [599, 'retry'],
])('classifies a handshake answered %i as %s', (status, verdict) => {
  expect(classify(new HandshakeRefusedError(status))).toBe(verdict);
});

it.each([
  [1000, 'retry'],
  [1001, 'retry'],
  [1002, 'fatal'],
  [1003, 'fatal'],
  [1004, 'fatal'],
  [1005, 'retry'],
  [1006, 'retry'],
  [1007, 'fatal'],
  [1008, 'fatal'],
  [1009, 'fatal'],
  [1010, 'fatal'],
  [1011, 'retry'],
  [1012, 'retry'],
  [1013, 'retry'],
  [1014, 'retry'],
  [1015, 'retry'],
  [1016, 'fatal'],
  [3000, 'fatal'],
  [3999, 'fatal'],
  [4000, 'fatal'],
  [4401, 'fatal'],
  [4999, 'fatal'],
])('classifies a close with %i as %s', (code, verdict) => {
  expect(classify(new ConnectionClosedError(code))).toBe(verdict);
});

it.each([
  new HandshakeTimeoutError(10_000, 'server'),
  new HandshakeTimeoutError(10_000, 'token'),
  new ConnectFailedError(new Error('getaddrinfo ENOTFOUND calls.example')),
  new TokenUnavailableError('accessToken', new Error('offline')),
])('retries after a $_tag', (error) => {
  expect(classify(error)).toBe('retry');
});

it.each([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])('gives up on a certificate that fails with %s', (code) => {
  expect(classify(new ConnectFailedError(Object.assign(new Error('TLS'), { code })))).toBe('fatal');
});

it.each(['ECONNREFUSED', 'EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'toString', '__proto__'])(
  'retries after a failure with %s, which is about no certificate',
  (code) => {
    expect(classify(new ConnectFailedError(Object.assign(new Error('no'), { code })))).toBe(
      'retry',
    );
  },
);

it.each([
  new NotOpenError(),
  new AckTimeoutError('client:joinCall', 5_000, []),
  new InvalidFrameError('{', 'JSON'),
  new ServerReportedError('busy'),
  new Error('anything'),
  new TypeError('anything'),
  { status: 503 },
  'a string',
  undefined,
  null,
  0,
])('takes %o, which no transport errors with, as fatal', (error) => {
  expect(classify(error)).toBe('fatal');
});

it('knows an error by its tag, as another copy of the package makes them', () => {
  const twin = (fields: object) => Object.assign(new Error('from another copy'), fields);

  expect(classify(twin({ _tag: 'HandshakeRefusedError', status: 503 }))).toBe('retry');
  expect(classify(twin({ _tag: 'ConnectionClosedError', code: 1006 }))).toBe('retry');
  expect(classify({ _tag: 'ConnectionClosedError', code: 1006 })).toBe('fatal');
});
