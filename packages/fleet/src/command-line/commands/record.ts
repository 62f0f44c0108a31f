import { rmSync } from 'node:fs';

import type { RecordingFileError } from '@livecall/recording';
import { createRecordingLines, lineFile } from '@livecall/recording/internal';
import type { NatsConnection } from '@nats-io/transport-node';
import * as E from 'fp-ts/lib/Either.js';
import { Subscription } from 'rxjs';

import { toBrokerUnfit } from '../../broker-unfit-error.js';
import { callEntries } from '../../call-entries.js';
import { firstStoredAt } from '../../first-stored-at.js';
import { toFleetNames } from '../../fleet-names.js';
import type { FleetOptions } from '../../fleet-names.js';
import { createRunJoiner } from '../../run-joiner.js';
import type { JoinedLine } from '../../run-joiner.js';
import { exitCodes, ExitError } from '../exit-error.js';
import type { GivenSecrets } from '../find-secret.js';
import { openBroker, toFleet } from '../open-broker.js';
import type { BrokerFlags } from '../open-broker.js';
import { say } from '../say.js';
import { sayLink } from '../say-link.js';
import { stopping } from '../stopping.js';
import { toCallId } from '../to-call-id.js';

/** What `livecall-fleet record` was called with. */
export interface RecordFlags extends BrokerFlags {
  readonly out: string;
  readonly now?: boolean;
  readonly maskTranscripts?: boolean;
  readonly defaultCountry: string;
}

/** `livecall-fleet record`: writes a call's stream to a file, redacted as every recording is. */
export async function runRecord(
  callId: string,
  flags: RecordFlags,
  given: GivenSecrets,
): Promise<number> {
  const { out, now = false, maskTranscripts = false, defaultCountry } = flags;
  const lines = createRecordingLines({
    maskTranscripts,
    defaultCountry: defaultCountry.split(','),
  });
  const id = toCallId(callId);
  const fleet = toFleet(flags);
  const connection = await openBroker(flags, given);
  let failed: RecordingFileError | undefined;
  try {
    const storedAt = await readFirst(connection, id, fleet);
    let stop: () => void = () => undefined;
    const created = lineFile(out, {
      onError: (error) => {
        failed = error;
        stop();
      },
    });
    if (E.isLeft(created)) throw created.left;
    const file = created.right;
    const joiner = createRunJoiner({ firstStoredAt: storedAt });
    const write = (joined: readonly JoinedLine[]) => {
      for (const line of joined) {
        file.writeLine(
          line.kind === 'header' ? lines.header(line.header) : lines.entry(line.entry),
        );
      }
    };
    let written = 0;
    let isClosed = false;
    const wasClosed = () => isClosed;
    await new Promise<void>((resolve) => {
      let hasEnded = false;
      const following = new Subscription(resolve);
      stop = () => {
        following.unsubscribe();
      };
      following.add(stopping().subscribe(stop));
      following.add(sayLink(connection));
      following.add(
        callEntries({ connection, callId: id, ...fleet }).subscribe((news) => {
          if (news.kind === 'line') {
            const joined = joiner.add(news.text);
            written += joined.length;
            write(joined);
            hasEnded = news.text.endsWith('"event":"end"}');
            // Another run may stand behind it, or be about to.
            if (hasEnded && !news.isPast) stop();
          } else if (news.kind === 'closed') {
            isClosed = true;
            stop();
          } else if (now || hasEnded) stop();
          else if (written === 0) say(`nothing of ${id} is stored yet; waits for it`);
        }),
      );
    });
    const last = joiner.end();
    write(last);
    file.close();
    if (failed !== undefined) throw failed;
    if (written === 0) {
      rmSync(out);
      if (wasClosed()) throw new ExitError(exitCodes.unavailable, CLOSED);
      say(`nothing of ${id} is stored`);
      return exitCodes.unavailable;
    }
    if (wasClosed()) {
      throw new ExitError(exitCodes.unavailable, `${CLOSED} ${out} has what came before.`);
    }
    say(last.length > 0 ? `recorded to ${out}` : `recorded to ${out}, so far: the call goes on`);
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof TypeError) throw new ExitError(exitCodes.usage, error.message);
    throw error;
  } finally {
    await connection.close();
  }
}

const CLOSED = 'The connection to the NATS server was closed for good.';

async function readFirst(
  connection: NatsConnection,
  callId: string,
  fleet: FleetOptions,
): Promise<number | undefined> {
  try {
    return await firstStoredAt(connection, toFleetNames(fleet), callId);
  } catch (error) {
    throw toBrokerUnfit(error, `What is stored of ${callId} cannot be read`);
  }
}
