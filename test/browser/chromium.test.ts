import { expect, it } from 'vitest';

import { findChromium, startChromium } from '../fixtures/chromium.js';

/* The Chromium that the tests of this folder run in. */

const found = await findChromium();

it('starts a Chromium', async ({ skip }) => {
  if (typeof found === 'string') return skip(found);
  const browser = await startChromium(found);
  const page = await browser.newPage();
  await page.setContent('<h1>livecall</h1>');

  expect(await page.locator('h1').innerText()).toBe('livecall');
});
