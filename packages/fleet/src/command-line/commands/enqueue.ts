import { enqueue } from '../../job.js';
import { sealTokens } from '../../sealed-tokens.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { findToken, readSecretFile } from '../find-secret.js';
import type { GivenSecrets } from '../find-secret.js';
import { openBroker, toFleet } from '../open-broker.js';
import type { BrokerFlags } from '../open-broker.js';
import { say } from '../say.js';

/** What `livecall-fleet enqueue` was called with. */
export interface EnqueueFlags extends BrokerFlags {
  readonly url?: string;
  readonly key?: string;
  readonly accessTokenFile?: string;
  readonly conversationTokenFile?: string;
  readonly userId?: string;
}

/** `livecall-fleet enqueue`: puts a call into the queue, its tokens sealed. */
export async function runEnqueue(
  callId: string,
  flags: EnqueueFlags,
  given: GivenSecrets,
): Promise<number> {
  const { url, key, userId } = flags;
  const conversationToken = findToken({
    name: 'conversation token',
    variable: 'LIVECALL_CONVERSATION_TOKEN',
    path: flags.conversationTokenFile,
    given,
  });
  const accessToken = findToken({
    name: 'access token',
    variable: 'LIVECALL_ACCESS_TOKEN',
    path: flags.accessTokenFile,
    given,
  });
  if (conversationToken === undefined) {
    throw new ExitError(
      exitCodes.usage,
      'There is no conversation token: set LIVECALL_CONVERSATION_TOKEN, or name a file with --conversation-token-file.',
    );
  }
  if (key === undefined) {
    throw new ExitError(
      exitCodes.usage,
      'There is no key to seal the tokens with: name one with --key (livecall-fleet keys makes them).',
    );
  }
  const tokens = { conversationToken, ...(accessToken !== undefined && { accessToken }) };
  const sealed = seal(() => sealTokens(tokens, callId, readSecretFile(key, 'public key')), key);
  const connection = await openBroker(flags, given);
  try {
    await enqueue(
      connection,
      {
        callId,
        sealed,
        ...(url !== undefined && { url }),
        ...(userId !== undefined && { userId }),
      },
      toFleet(flags),
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExitError(exitCodes.usage, error.message);
  } finally {
    await connection.close();
  }
  say(`enqueued ${callId}`);
  return exitCodes.ok;
}

function seal(sealed: () => string, key: string): string {
  try {
    return sealed();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExitError(exitCodes.usage, `${key}: ${error.message}`);
  }
}
