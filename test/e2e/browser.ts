/**
 * A headless Chromium on the Temporal UI. What a page shows is awaited by its text, since the UI never stops asking its
 * server; what its console says is kept for the tests.
 */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Debian's path, then those of other systems. */
const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PAGE_LIMIT_MS = 60_000;

/** Where Chromium is. @throws Error that says what to install */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const candidates = env.CHROMIUM_PATH ? [env.CHROMIUM_PATH] : CHROMIUM_PATHS;
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `no Chromium at ${candidates.join(', ')}: install one (Debian: apt-get install chromium fonts-dejavu-core) or set ` +
      'CHROMIUM_PATH',
  );
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    // Chromium's sandbox refuses to run as root, which is what build servers are.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

/** A page of a fixed size and time zone, so that pictures differ by what they show alone. */
export async function openPage(browser: Browser, size: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport: size, timezoneId: 'UTC', locale: 'en-GB' });
  context.setDefaultTimeout(PAGE_LIMIT_MS);
  return context.newPage();
}

/** What the page's console says is wrong, from now on. */
export function collectConsoleErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} [${message.location().url}]`);
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}

/** All that the page shows, its frames included: Markdown is shown in frames of its own. */
export async function textOf(page: Page): Promise<string> {
  const texts = await Promise.all(
    page.frames().map((frame) =>
      frame
        .locator('body')
        .innerText({ timeout: 5_000 })
        // A frame that is being replaced has no text of its own.
        .catch(() => ''),
    ),
  );
  return texts.join('\n');
}
