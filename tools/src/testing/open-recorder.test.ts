import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadRecording, scenario, ack, toComparable } from '@livecall/recording';
import { filter, firstValueFrom, lastValueFrom, switchMap } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { replay } from '../replay/replay.js';
import { openReplay } from './open-replay.js';
import type { OpenedReplay } from './opened-replay.js';
import { withReplays } from './replay-scope.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livecall-recorder-'));
  path = join(folder, 'recordings', 'courier.ndjson');
  vi.stubEnv('CI', '');
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const courier = scenario()
  .start()
  .caller('Harbour Couriers.')
  .screeningEnd('A name and a reason.')
  .onJoin(ack())
  .callEnd()
  .close(1000)
  .toRecording('courier');

/** Stands in for the platform. */
const realTransport = () => replay(courier);

async function joinAndFollow({ call }: Pick<OpenedReplay, 'call'>): Promise<void> {
  const joined = firstValueFrom(
    call.events$.pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => call.joinCall()),
    ),
  );
  call.connect();
  await joined;
  await lastValueFrom(call.state$);
}

it.each(['process', 'socket'] as const)(
  'records over a %s the first time, and replays then',
  async (over) => {
    const first = await openReplay(path, { recordFrom: realTransport(), over });
    await joinAndFollow(first);
    expect(first.server.received()).toHaveLength(1);
    expect(first.recording.entries.length).toBeGreaterThan(6);
    expect(existsSync(path)).toBe(false);
    await first.finish();

    expect(toComparable(await loadRecording(path)).entries).toEqual(toComparable(courier).entries);
    expect(readdirSync(join(folder, 'recordings'))).toEqual(['courier.ndjson']);
    expect(process.stderr.write).toHaveBeenCalledWith(expect.stringContaining(`recorded ${path};`));

    const dialled = vi.fn();
    const second = await openReplay(path, {
      recordFrom: replay(courier, { onAwait: dialled }),
      over,
    });
    await joinAndFollow(second);
    await second.finish();
    expect(toComparable(second.recording)).toEqual(toComparable(await loadRecording(path)));
  },
);

it('records nothing in CI, and says so', async () => {
  vi.stubEnv('CI', 'true');

  await expect(openReplay(path, { recordFrom: realTransport() })).rejects.toThrow(
    `${path}: no such file in ${process.cwd()}, and in CI none is recorded: run the test where you work`,
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('leaves no recording of a test that failed, or has left its call open', async () => {
  const failing = withReplays(async ({ replayed }) => {
    await joinAndFollow(await replayed(path, { recordFrom: realTransport() }));
    throw new Error('The test is wrong.');
  });
  await expect(failing()).rejects.toThrow('The test is wrong.');

  const leaving = await openReplay(path, { recordFrom: realTransport(), waitMs: 20 });
  leaving.call.connect();
  await expect(leaving.finish()).rejects.toThrow('the call is still open');
  expect(readdirSync(join(folder, 'recordings'))).toEqual([]);
});

it('leaves no recording of a call that was not let in, or not dialled', async () => {
  for (const call of [scenario().refuse(404), undefined]) {
    const recordFrom = replay((call ?? scenario()).toRecording());
    const opened = await openReplay(path, { recordFrom });
    if (call !== undefined) {
      opened.call.connect();
      await lastValueFrom(opened.call.state$);
    }
    await expect(opened.finish()).rejects.toThrow('not recorded, since no connection was let in');
  }
  expect(readdirSync(join(folder, 'recordings'))).toEqual([]);
});

it('overwrites no file that came meanwhile', async () => {
  const opened = await openReplay(path, { recordFrom: realTransport() });
  await joinAndFollow(opened);
  writeFileSync(path, 'mine');

  await expect(opened.finish()).rejects.toThrow('EEXIST');
  expect(readdirSync(join(folder, 'recordings'))).toEqual(['courier.ndjson']);
});

it('refuses what cannot be recorded', async () => {
  await expect(openReplay(courier, { recordFrom: realTransport() })).rejects.toThrow(TypeError);
  await expect(openReplay(path, { recordFrom: realTransport(), pace: 'manual' })).rejects.toThrow(
    'What is to be recorded cannot be moved by hand.',
  );
});
