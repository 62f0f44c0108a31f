import { isError } from './is-error.js';

/** The codes of Node and of OpenSSL's X509_verify_cert_error_string that are about a certificate. */
const CERTIFICATE = /(^|_)CERT(_|$)|^(HOSTNAME|INVALID_(CA|PURPOSE)|PATH_LENGTH|UNABLE_TO_VERIFY)/;

/** A permission that is missing, in Node's permission model and in Deno's. */
const DENIED = /\b(ERR_ACCESS_DENIED|NotCapable|PermissionDenied)\b/;

/**
 * Says what a dial failed for that would fail each time, where its code or name tells; in a page
 * nothing does (`browser/why-lasting.ts`).
 */
export function whyLasting(cause: unknown, code = ''): 'certificate' | 'permission' | undefined {
  if (CERTIFICATE.test(code)) return 'certificate';
  return isError(cause) && DENIED.test(`${cause.name} ${code}`) ? 'permission' : undefined;
}
