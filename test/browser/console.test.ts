import { appendFileSync, chmodSync, readdirSync, rmSync } from 'node:fs';

import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { scenario } from '@livecall/recording/format';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, it as baseIt } from 'vitest';

import { findBarriers } from '../fixtures/axe.js';
import { accessToken, conversationToken } from '../fixtures/canary-tokens.js';
import { findChromium, startChromium } from '../fixtures/chromium.js';
import { startConsole } from '../fixtures/console.js';
import type { RunningConsole } from '../fixtures/console.js';
import { makeFolder } from '../fixtures/folder.js';
import { followCall } from '../fixtures/follow.js';
import { CALL_END, START } from '../fixtures/frames.js';
import { canBeNobody, livecall } from '../fixtures/livecall.js';
import { startPlatform } from '../fixtures/platform.js';
import { startRelay } from '../fixtures/relayed.js';

/* The page of `livecall console`. */

const found = await findChromium();
let browser: Browser;
beforeAll(async () => {
  if (typeof found !== 'string') browser = await startChromium(found);
});

type Options = Parameters<Browser['newPage']>[0];

const it = baseIt.extend<{
  open: (running: Pick<RunningConsole, 'url'>, options?: Options) => Promise<Page>;
}>({
  open: async ({ skip }, use) => {
    if (typeof found === 'string') return skip(found);
    const opened: Page[] = [];
    const faults: string[] = [];
    await use(async ({ url }, options) => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
      opened.push(page);
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => {
        // Chromium's own words for an answer that is none, which some of the tests ask for.
        if (!message.text().startsWith('Failed to load resource')) faults.push(message.text());
      });
      await page.goto(url);
      return page;
    });
    await Promise.all(opened.map((page) => page.close()));
    expect(faults).toEqual([]);
  },
});

const list = (page: Page) => page.getByRole('navigation', { name: 'Recordings' });
const items = (page: Page) => list(page).getByRole('listitem');
const words = (page: Page) => page.getByRole('listbox', { name: /What was said/ });
const toText = (data: unknown): string => String(data);
const heading = (page: Page) => page.getByRole('heading', { level: 1 });

it('lists a folder, filters it, and opens one of it', async ({ open }) => {
  await using running = await startConsole(['recordings']);
  const page = await open(running);

  await page.getByText('12 recordings').waitFor();
  await page.getByLabel('Outcome').selectOption('refused');
  await page.getByText('2 of 12 recordings').waitFor();
  await page.getByLabel('Outcome').selectOption('');
  await page.getByLabel('Length').selectOption('long');
  await page.getByText('0 of 12 recordings').waitFor();
  await page.getByText('No recording has that.').waitFor();
  await page.getByLabel('Length').selectOption('');
  await items(page)
    .getByRole('button', { name: /A courier asks/i })
    .click();
  await page.getByRole('heading', { level: 1, name: /a courier asks/ }).waitFor();
  expect(await page.title()).toMatch(/^a courier asks .* · livecall$/);
  expect(await words(page).getByRole('option').count()).toBe(13);
  expect(new URL(page.url()).hash).toMatch(/^#\/\d+$/);
});

it('lists a recording without a title by its name, as it is written, and all that it says', async ({
  open,
}) => {
  using folder = makeFolder();
  folder.write('parcel-jo.ndjson', '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n');
  folder.write('broken.ndjson', 'no recording\n');
  await using running = await startConsole([folder.path]);
  const page = await open(running);

  await page.getByText('2 recordings').waitFor();
  expect(await items(page).locator('.list-title').allInnerTexts()).toEqual([
    ...['parcel-jo.ndjson', 'broken.ndjson'],
  ]);
  const facts = items(page).locator('.list-facts');
  expect(
    await facts.evaluateAll((all) => all.map((one) => one.scrollWidth - one.clientWidth)),
  ).toEqual([0, 0]);
});

it('searches what was said, by whom, and marks where', async ({ open }) => {
  await using running = await startConsole(['recordings']);
  const page = await open(running);

  await page.getByLabel('Search what was said').fill('harbour couriers');
  await page.getByText('1 of 12 recordings').waitFor();
  await items(page)
    .getByRole('button', { name: /1 × … Hi, it's Marta/ })
    .click();
  await words(page).locator('mark').waitFor();
  expect(await words(page).locator('mark').allInnerTexts()).toEqual(['Harbour Couriers']);
  await page.getByLabel('Said by').selectOption('assistant');
  await page.getByText('0 of 12 recordings').waitFor();
});

it('opens a long call where the words were said first, and goes from place to place', async ({
  open,
}) => {
  using folder = makeFolder();
  const later = { after: 900 };
  let call = scenario().start();
  for (let n = 0; n < 300; n += 1) {
    if (n % 100 !== 60) call = call.caller(`sentence ${n}`, later);
    else call = call.caller(`a parcel, ${n}`, later).assistant('Yes?').caller('needs a signature');
  }
  folder.write('long.ndjson', call.callEnd().close(1000).toNdjson());
  folder.write('other.ndjson', scenario().start().callEnd().close(1000).toNdjson());
  await using running = await startConsole([folder.path]);
  const page = await open(running);

  await page.getByLabel('Search what was said').fill('needs a signature');
  await items(page).getByRole('button', { name: /3 × …/ }).click();
  await page.getByText('3 places with “needs a signature”').waitFor();
  const marks = words(page).locator('mark');
  await marks.waitFor();
  expect(await marks.allInnerTexts()).toEqual(['needs a signature']);
  const finds = page.getByRole('group', { name: 'Found in this call' });
  const next = finds.getByRole('button', { name: 'Next' });
  await next.click();
  await next.click();
  await finds.getByText('3 of 3').waitFor();
  expect(await next.isEnabled()).toBe(false);
  expect(await words(page).getByRole('option', { selected: true }).innerText()).toContain(
    'needs a signature',
  );
  expect(await findBarriers(page)).toEqual([]);

  // Across the words of another, what each says of it is marked.
  await page.getByLabel('Search what was said').fill('160 needs a');
  await page.getByText('1 place with “160 needs a”').waitFor();
  await finds.getByRole('button', { name: 'Previous' }).click();
  expect(await marks.allInnerTexts()).toEqual(['160', 'needs a']);
});

it('is all there on a phone, by touch and by keys', async ({ open }) => {
  await using running = await startConsole(['recordings']);
  const page = await open(running, { viewport: { width: 390, height: 844 } });
  const focused = () =>
    page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.innerText');
  await page.getByText('12 recordings').waitFor();
  // There is nothing below the list yet.
  expect(await page.getByRole('button', { name: 'Close the list' }).count()).toBe(0);
  await items(page)
    .getByRole('button', { name: /A courier asks/i })
    .click();

  const atAGlance = page.getByRole('button', { name: 'At a glance' });
  await atAGlance.click();
  const summary = page.getByRole('region', { name: 'The call at a glance' });
  await summary.getByText('Joined by the subscriber').waitFor();
  expect(await focused()).toBe('Details');
  expect(await findBarriers(page)).toEqual([]);
  await summary.getByRole('button', { name: 'Close' }).click();
  expect(await summary.isVisible()).toBe(false);
  expect(await focused()).toBe('At a glance');

  await words(page).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const frame = page.getByRole('region', { name: 'Frame' });
  await frame.waitFor();
  // The row lies above its frame, not below.
  const isCovered = `(() => {
    const bottom = document.querySelector('[aria-selected=true]').getBoundingClientRect().bottom;
    return bottom > document.querySelector('.details').getBoundingClientRect().top + 1;
  })()`;
  await expect.poll(() => page.evaluate(isCovered)).toBe(false);
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Close the frame' }).click();
  expect(await focused()).toBe('What was said and what happened');

  await page.getByRole('button', { name: 'Recordings' }).click();
  await list(page).waitFor();
  expect(await focused()).toBe('Close the list');
  expect(await findBarriers(page)).toEqual([]);
  // What lies below it is not to be walked into.
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).not.toBe('Recordings');
  await page.getByRole('button', { name: 'Close the list' }).focus();
  await page.keyboard.press('Escape');
  expect(await list(page).isVisible()).toBe(false);
  expect(await focused()).toBe('Recordings');
});

it('shows two recordings side by side, with their differences marked', async ({ open }) => {
  await using running = await startConsole(['recordings']);
  const page = await open(running);

  await items(page)
    .getByRole('button', { name: /A courier asks/i })
    .click();
  await page.getByRole('button', { name: /Compare .* the connection is cut/ }).click();
  await page.getByText('Different in 2 places').waitFor();
  expect(await page.locator('.pair.right').allInnerTexts()).toHaveLength(3);
  expect(await page.locator('.pair.changed mark').first().innerText()).not.toBe('');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.locator('.pair.found').waitFor();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await words(page).waitFor();
  // A way back is a way back.
  await page.goBack();
  await page.getByText('Different in 2 places').waitFor();
});

it('follows a recording while it is written', async ({ open }) => {
  using folder = makeFolder();
  const path = folder.write(
    'call.ndjson',
    '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","title":"a call that goes on"}\n',
  );
  const write = (line: object) => {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
  await using running = await startConsole([path]);
  const page = await open(running);
  await heading(page).getByText('a call that goes on').waitFor();

  write({ at: 5, event: 'open', status: 101 });
  await words(page)
    .getByRole('option', { name: /Connected/ })
    .waitFor();
  write({
    at: 900,
    event: 'frame',
    from: 'server',
    json: { type: 'transcript', msg: 'Who is calling?', role: 'assistant' },
  });
  await words(page)
    .getByRole('option', { name: /Who is calling/ })
    .waitFor();
  expect(await page.locator('.lane.assistant rect').count()).toBe(1);
  write({ at: 1_000, event: 'close', from: 'server', code: 1000, reason: '' });
  write({ at: 1_000, event: 'end' });
  await page.locator('.outcome').getByText('Lost').waitFor();
});

it.for(['record', 'proxy', 'a relay'] as const)(
  'follows a call that %s has running, joins it and ends it, each asked twice',
  async (whose, { open }) => {
    using folder = makeFolder();
    folder.makeFolder('calls');
    await using platform = await startPlatform((client) => {
      client.send(START.replace(/\+\d+/, '+14155552671'));
      client.on('message', (data) => {
        const { id, type } = JSON.parse(toText(data)) as { id: string; type: string };
        client.send(JSON.stringify({ type: 'ack', ackId: id }));
        if (type === 'client:joinCall') return;
        client.send(CALL_END);
        client.close(1000);
      });
    });
    await using running = await startRelay(platform);
    const startCommand = () => {
      const out = ['--out', folder.at('calls/call.ndjson'), '--no-keys'];
      const args: Readonly<Record<typeof whose, readonly string[]>> = {
        record: ['record', '--url', platform.url, ...out],
        proxy: ['proxy', '--url', platform.url, '--out-dir', folder.at('calls')],
        'a relay': ['record', '--relay', '--url', running.url, ...out],
      };
      return livecall([...args[whose], '--console', '--no-open']);
    };
    await using command = startCommand();
    const url = (await command.says('console: ')).replace(/^.*console: /, '');
    // The app's own, which follows the call, too.
    const transport =
      whose === 'proxy'
        ? webSocketTransport({ url: await command.line(1), accessToken, conversationToken })
        : running.page();
    const followed = liveCall(transport);
    const heard: string[] = [];
    followed.messages$.subscribe(({ message }) => heard.push(message.type));
    using following = whose === 'record' ? undefined : followCall(followed);
    await following?.state('open');
    const page = await open({ url });
    const bar = page.getByRole('region', { name: 'The live call' });

    await bar.getByText('Connected').waitFor();
    await words(page).getByText('+12025550100').waitFor();
    expect(await page.content()).not.toContain('4155552671');
    for (const told of ['.outcome', '.summary dd >> nth=0']) {
      expect(await page.locator(told).innerText()).toBe('Live');
    }
    await bar.getByRole('button', { name: 'Show the number' }).click();
    await words(page).getByText('+14155552671').waitFor();

    expect(await findBarriers(page)).toEqual([]);
    await bar.getByRole('button', { name: 'Join', exact: true }).click();
    await bar.getByRole('button', { name: 'Join, really?' }).click();
    await bar.getByText('Join: acknowledged').waitFor();
    // At the very end of the line, where it grows.
    const name = await page.locator('.asked > span').boundingBox();
    const lanes = await page.locator('.band.links').boundingBox();
    expect((name?.x ?? Infinity) + (name?.width ?? 0)).toBeLessThanOrEqual(
      (lanes?.x ?? 0) + (lanes?.width ?? 0),
    );
    await words(page)
      .getByRole('option', { name: /Acknowledged/ })
      .waitFor();
    await bar.getByRole('button', { name: 'End', exact: true }).click();
    expect((await (await platform.dial(1)).frames(1)).length).toBe(1);
    await bar.getByRole('button', { name: 'End the call, really?' }).click();
    await words(page)
      .getByRole('option', { name: /Call ended/ })
      .waitFor();

    await following?.state('closed');
    // Of a proxy's page, the app is not told that it has asked for anything.
    const answers = { record: [], proxy: [], 'a relay': ['ack', 'ack'] };
    expect(heard.filter((type) => type === 'ack')).toEqual(answers[whose]);
    await page.locator('.outcome').getByText('Joined by the subscriber').waitFor();
    if (whose === 'proxy') command.signal('SIGINT');
    expect((await command.ends()).exitCode).toBe(0);
    expect(platform.dials).toHaveLength(1);
    const [file = ''] = readdirSync(folder.at('calls'));
    expect(folder.entries(`calls/${file}`).at(-1)).toEqual({ event: 'end' });
    expect(folder.lines(`calls/${file}`).join('')).not.toContain('4155552671');
  },
);

it('follows a call of a proxy that cannot record it, and joins it', async ({ open }) => {
  using folder = makeFolder();
  folder.makeFolder('calls');
  await using platform = await startPlatform((client) => {
    client.on('message', (data) => {
      const { id } = JSON.parse(toText(data)) as { id: string };
      client.send(JSON.stringify({ type: 'ack', ackId: id }));
    });
  });
  const to = ['--url', platform.url, '--out-dir', folder.at('calls')];
  await using command = livecall(['proxy', ...to, '--console', '--no-open']);
  const url = (await command.says('console: ')).replace(/^.*console: /, '');
  rmSync(folder.at('calls'), { recursive: true });
  const dialled = { url: await command.line(1), accessToken, conversationToken };
  const call = liveCall(webSocketTransport(dialled));
  using following = followCall(call);
  await following.state('open');

  const page = await open({ url });
  await page.getByRole('heading', { name: 'This call is not recorded' }).waitFor();
  await items(page)
    .getByRole('button', { name: /Live.*is not recorded/ })
    .waitFor();
  const bar = page.getByRole('region', { name: 'The live call' });
  await bar.getByText('Connected').waitFor();
  expect(await bar.getByRole('button').allInnerTexts()).toEqual(['Join', 'End']);
  expect(await findBarriers(page)).toEqual([]);
  await bar.getByRole('button', { name: 'Join', exact: true }).click();
  await bar.getByRole('button', { name: 'Join, really?' }).click();
  await bar.getByText('Join: acknowledged').waitFor();

  following[Symbol.dispose]();
  await bar.getByText('The call is over').waitFor();
});

it.skipIf(!canBeNobody)(
  'shows the next call of a proxy that can record none, once the one before is over',
  async ({ open }) => {
    using folder = makeFolder();
    folder.makeFolder('calls');
    chmodSync(folder.path, 0o755);
    chmodSync(folder.at('calls'), 0o777);
    await using platform = await startPlatform(() => undefined);
    const to = ['--url', platform.url, '--out-dir', folder.at('calls')];
    await using command = livecall(['proxy', ...to, '--console', '--no-open'], { asNobody: true });
    const url = (await command.says('console: ')).replace(/^.*console: /, '');
    chmodSync(folder.at('calls'), 0o555);
    const dialled = { url: await command.line(1), accessToken, conversationToken };
    const page = await open({ url });
    const bar = page.getByRole('region', { name: 'The live call' });
    const first = followCall(liveCall(webSocketTransport(dialled)));
    await bar.getByText('Connected').waitFor();
    first[Symbol.dispose]();
    await bar.getByText('The call is over').waitFor();

    using second = followCall(liveCall(webSocketTransport(dialled)));
    await second.state('open');
    await items(page)
      .getByRole('button', { name: /is not recorded/ })
      .click();
    await bar.getByText('Connected').waitFor();
  },
);

it('says that the console has stopped', async ({ open }) => {
  await using running = await startConsole(['recordings']);
  const page = await open(running);
  await page.getByText('12 recordings').waitFor();
  running.command.signal('SIGINT');
  await running.command.ends();

  await page.getByRole('alert').getByText('The console has stopped').waitFor();
});

it.for([
  ['light', 1280, 800],
  ['dark', 390, 844],
] as const)('bars nobody, %s, at %d x %d', async ([colorScheme, width, height], { open }) => {
  await using running = await startConsole(['recordings']);
  const page = await open(running, { colorScheme, viewport: { width, height } });
  await page.getByText('12 recordings').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await items(page)
    .getByRole('button', { name: /The connection is cut/i })
    .first()
    .click();
  await words(page).waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

it('opens nothing without its key', async ({ open }) => {
  await using running = await startConsole(['recordings']);
  const page = await open({ ...running, url: running.url.replace(/.$/, '') });

  expect(await page.locator('body').innerText()).toContain('The key is missing or wrong');
});
