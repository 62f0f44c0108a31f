import { pathToFileURL } from 'node:url';

import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, it as baseIt } from 'vitest';

import { findBarriers } from '../fixtures/axe.js';
import { findChromium, startChromium } from '../fixtures/chromium.js';
import { makeFolder } from '../fixtures/folder.js';
import { run } from '../fixtures/livecall.js';

/* A call as people look at it, in the page that `livecall show --html` writes. */

const found = await findChromium();
let browser: Browser;
beforeAll(async () => {
  if (typeof found !== 'string') browser = await startChromium(found);
});

interface Opened {
  (recording: string, options?: Parameters<Browser['newPage']>[0]): Promise<Page>;
}

const it = baseIt.extend<{ open: Opened }>({
  open: async ({ skip }, use) => {
    if (typeof found === 'string') return skip(found);
    using folder = makeFolder();
    const opened: Page[] = [];
    const faults: string[] = [];
    await use(async (recording, options) => {
      const html = folder.at(`page-${opened.length}.html`);
      expect((await run(['show', recording, '--html', html])).stderr).toContain('wrote');
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
      opened.push(page);
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => faults.push(message.text()));
      page.on('request', (request) => {
        if (!/^(file|data):/.test(request.url())) faults.push(`asked for ${request.url()}`);
      });
      await page.goto(pathToFileURL(html).href);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    });
    await Promise.all(opened.map((page) => page.close()));
    expect(faults).toEqual([]);
  },
});

const words = (page: Page) => page.getByRole('listbox');
const option = (page: Page, name: RegExp) => words(page).getByRole('option', { name });
const chosen = (page: Page) => words(page).getByRole('option', { selected: true });

it('shows what was said, the phases, the commands and the connections', async ({ open }) => {
  const page = await open('recordings/dropped-and-rejoined.ndjson');

  expect(await page.title()).toBe('the connection is cut, and the call is rejoined · livecall');
  expect(await words(page).getByRole('option').count()).toBe(14);
  expect(await page.locator('.phase').allInnerTexts()).toEqual(['Screening', 'Joined']);
  expect(await page.locator('.asked').innerText()).toBe('join 81 ms');
  expect(await page.locator('.link-open').count()).toBe(2);
  expect(await page.locator('.link-gap').count()).toBe(1);
  expect(await page.locator('.flag.fault').count()).toBe(2);
  expect(await page.locator('.lane.assistant rect').count()).toBe(2);
});

it('shows the JSON of a frame that is clicked, in the words and over time', async ({ open }) => {
  const page = await open('recordings/joined-call.ndjson');
  const json = page.getByLabel("The frame's JSON");

  await option(page, /Marta from Harbour/).click();
  expect(JSON.parse(await json.innerText())).toMatchObject({ type: 'transcript', role: 'other' });

  await page.locator('.lane.user rect').click();
  expect(await json.innerText()).toContain('this is Jo');
  expect(await chosen(page).innerText()).toContain('this is Jo');
  expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toContain('this is Jo');

  await page.keyboard.press('Escape');
  expect(await json.count()).toBe(0);
});

it('is used by the keyboard alone', async ({ open }) => {
  const page = await open('recordings/joined-call.ndjson');
  await words(page).focus();
  await page.keyboard.press('End');
  expect(await chosen(page).innerText()).toContain('Closed by the server');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await chosen(page).innerText()).toContain('Hello, you have reached');
  const id = (await chosen(page).getAttribute('id')) ?? '';
  expect(await words(page).getAttribute('aria-activedescendant')).toBe(id);

  const slider = page.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('End');
  expect(await slider.getAttribute('aria-valuenow')).toBe('3985');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  expect(Number(await slider.getAttribute('aria-valuenow'))).toBeCloseTo(40, -1);
  await page.keyboard.press('+');
  expect(await page.getByRole('button', { name: 'Fit' }).isEnabled()).toBe(true);
  await page.keyboard.press('0');
  expect(await page.getByRole('button', { name: 'Fit' }).isEnabled()).toBe(false);
});

it('plays to the end, as fast as it is told', async ({ open }) => {
  const page = await open('recordings/joined-call.ndjson');
  await page.getByLabel('Speed').selectOption('16');
  await page.getByRole('button', { name: 'Play' }).click();
  await option(page, /Closed by the server/)
    .and(page.locator('[aria-current]'))
    .waitFor();
  await page.getByRole('button', { name: 'Play' }).waitFor();

  expect(await page.getByRole('slider').getAttribute('aria-valuenow')).toBe('3985');
});

it.for([
  ['light', 1280, 800],
  ['dark', 1280, 800],
  ['light', 390, 844],
  ['dark', 390, 844],
] as const)('bars nobody, %s, at %d x %d', async ([colorScheme, width, height], { open }) => {
  const page = await open('recordings/dropped-and-rejoined.ndjson', {
    colorScheme,
    viewport: { width, height },
  });
  expect(await findBarriers(page)).toEqual([]);
  await option(page, /Mill Road/).click();
  expect(await findBarriers(page)).toEqual([]);
});

it('keeps what a call says out of the page itself', async ({ open }) => {
  using folder = makeFolder();
  const said = '</script><script>document.title="taken"</script><!-- <b>&amp;';
  const file = folder.write(
    'hostile.ndjson',
    [
      '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","title":"<img src=x onerror=alert(1)>"}',
      '{"at":0,"event":"open","status":101}',
      JSON.stringify({
        at: 1,
        event: 'frame',
        from: 'server',
        json: { type: 'transcript', msg: `${said} call 415 555 2671`, role: 'other' },
      }),
      '',
    ].join('\n'),
  );
  const page = await open(file);

  expect(await page.title()).toBe('<img src=x onerror=alert(1)> · livecall');
  const text = await page.locator('.row.speech .row-text').innerText();
  expect(text).toContain(said);
  expect(text).toMatch(/call \+?1?[ -]?202-?555-?0100/);
});

it('scrolls 20,000 utterances smoothly', async ({ open }) => {
  using folder = makeFolder();
  const roles = ['assistant', 'other', 'user'];
  const lines = Array.from({ length: 20_000 }, (_, index) =>
    JSON.stringify({
      at: index * 90 + 1,
      event: 'frame',
      from: 'server',
      json: {
        type: 'transcript',
        msg: `word ${'and word '.repeat(index % 23)}${index}`,
        role: roles[index % 3],
      },
    }),
  );
  const file = folder.write(
    'long.ndjson',
    `{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n{"at":0,"event":"open","status":101}\n${lines.join('\n')}\n`,
  );
  const page = await open(file);
  const frames = await page.evaluate<readonly number[]>(`new Promise((resolve) => {
    const list = document.querySelector('.words');
    const times = [];
    const step = (now) => {
      times.push(now);
      list.scrollTop += 400;
      if (times.length < 180) requestAnimationFrame(step);
      else resolve(times.slice(1).map((time, index) => time - times[index]));
    };
    requestAnimationFrame(step);
  })`);
  const sorted = [...frames].sort((one, other) => one - other);
  console.log(
    `frames of ${sorted.at(90)?.toFixed(1)} ms (p50), ${sorted.at(170)?.toFixed(1)} ms (p95)`,
  );

  expect(await page.locator('.row').count()).toBeLessThan(80);
  expect(await page.locator('.lane rect').count()).toBeLessThan(1_500);
  // Seen with its own words, far down.
  await words(page).focus();
  await page.keyboard.press('End');
  await option(page, / 19999$/).waitFor();
});
