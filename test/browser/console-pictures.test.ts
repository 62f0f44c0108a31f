import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { findChromium, startChromium } from '../fixtures/chromium.js';
import { startConsole } from '../fixtures/console.js';

/* The pictures of docs/console.md: LIVECALL_WRITE=1 writes them anew. */

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const found = await findChromium();

/** A picture of a page as WebP, which only the browser itself can make of it here. */
async function takePicture(page: Page): Promise<Buffer> {
  const png = (await page.screenshot()).toString('base64');
  const blank = await page.context().newPage();
  const webp = await blank.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png}';
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.7);
  })()`);
  await blank.close();
  return Buffer.from(webp.replace(/^.*,/, ''), 'base64');
}

it.runIf(process.env['LIVECALL_WRITE'] === '1')('takes the pictures', async ({ skip }) => {
  if (typeof found === 'string') return skip(found);
  await using running = await startConsole(['recordings']);
  const context = await (
    await startChromium(found)
  ).newContext({
    viewport: { width: 1280, height: 760 },
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  mkdirSync(folder, { recursive: true });
  const write = async (name: string) => {
    const picture = await takePicture(page);
    expect(picture.length).toBeLessThan(80_000);
    writeFileSync(`${folder}${name}.webp`, picture);
  };

  await page.goto(running.url);
  await page
    .getByRole('button', { name: /The connection is cut/i })
    .first()
    .click();
  await page.getByRole('option', { name: /Mill Road/ }).click();
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement.blur()');
  await write('console-call');

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('button', { name: /Compare .* a courier asks/ }).click();
  await page.getByText('Different in 2 places').waitFor();
  await page.mouse.move(0, 0);
  await write('console-compare');
});
