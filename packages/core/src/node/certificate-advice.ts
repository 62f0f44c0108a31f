import { systemCode } from '../internal/system-code.js';

const UNTRUSTED =
  'this machine does not trust who signed it; where you do, give that authority as `socket.ca` or in NODE_EXTRA_CA_CERTS';
const OTHER_HOST = 'it is for another host; check the host in the URL';
const UNUSABLE = 'it cannot be verified; the server needs another one';

/** By the codes of Node and of OpenSSL's X509_verify_cert_error_string. */
const adviceByCode: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED:
    'it has expired; the server needs a new one, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'it is not valid yet; check the clock of this machine',
  CERT_REVOKED: 'it was revoked; the server needs a new one',
  ERR_TLS_CERT_ALTNAME_INVALID: OTHER_HOST,
  HOSTNAME_MISMATCH: OTHER_HOST,
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'it is signed by nobody but itself; where that is meant, give it as `socket.ca` or in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_REJECTED: UNUSABLE,
  CERT_SIGNATURE_FAILURE: UNUSABLE,
  CERT_CHAIN_TOO_LONG: UNUSABLE,
  INVALID_CA: UNUSABLE,
  INVALID_PURPOSE: UNUSABLE,
  PATH_LENGTH_EXCEEDED: UNUSABLE,
};

/**
 * Says what is wrong with a server's certificate, and what to do; nothing where the code is not
 * about one. None of it heals in the seconds in which a connection is dialled again.
 */
export function certificateAdvice(cause: unknown): string | undefined {
  const code = systemCode(cause);
  return Object.hasOwn(adviceByCode, code) ? adviceByCode[code] : undefined;
}
