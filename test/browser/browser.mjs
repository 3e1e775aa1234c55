// The browser, and what is asked of any page in it.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Starts the Chromium of this machine; undefined where there is none. */
export async function launchBrowser() {
  const executablePath = places.find((place) => place !== undefined && existsSync(place));
  // Containers as CI has them allow no sandbox of the browser's own; the page is ours.
  return executablePath === undefined ? undefined : chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Opens a page, and keeps what it complains of. */
export async function openPage(browser, url, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  await page.getByRole('status').getByText('Live').waitFor();
  return { page, complaints, close: () => context.close() };
}

const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url));
await mkdir(screenshots, { recursive: true });

/** Pictures for the eye; they are not compared with anything, and not kept in the repository. */
export const shoot = (page, name, fullPage = false) =>
  page.screenshot({ path: join(screenshots, `${name}.png`), fullPage });

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Everything axe finds against WCAG 2.2 A and AA. */
export async function expectAccessible(page) {
  // While it fades in, a text has less contrast than it will have.
  await page.waitForFunction(() => document.getAnimations().length === 0);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target).join(', ')})`,
  );
  assert.deepEqual(found, []);
}

export async function expectNoSidewaysScroll(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `the page is ${content} px wide in a window of ${window}`);
}

export const focused = (page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent);

/** Tab until this element has the focus, as somebody without a mouse does. */
export async function tabTo(page, id) {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await focused(page)) === id) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to #${id}`);
}
