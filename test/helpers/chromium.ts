// Real Chromium, for what only a browser can show. Where there is none its tests are left out and named on the console;
// with REQUIRE_REAL=1 they fail instead.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe } from '@jest/globals';
import type * as Axe from 'axe-core';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

const mayRun = existsSync(executablePath) || process.env.REQUIRE_REAL === '1';
const { skip } = describe;

export const describeInChromium: (title: string, tests: () => void) => void = mayRun
  ? describe
  : (title, tests) => {
      process.stderr.write(`left out, as there is no Chromium at ${executablePath} (CHROMIUM_PATH): ${title}\n`);
      skip(title, tests);
    };

export const launchChromium = () =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });

/** What the page, or the browser about the page, complained of. An answer that says what is wrong with a form is no fault. */
export function watchForFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    const isRefusedForm = /^Failed to load resource: .* status of 422/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isRefusedForm) faults.push(message.text());
  });
  return faults;
}

/** One look at the pages: how wide, in which colours, with or without scripts. Nothing moves, so that a picture is of the end state. */
export type Look = { width?: number; height?: number; scheme?: 'light' | 'dark'; scripts?: boolean };

export const contextOf = ({ width = 1280, height = width < 600 ? 640 : 800, scheme = 'light', scripts = true }: Look) =>
  ({
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  }) satisfies BrowserContextOptions;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds, best practices included; it needs scripts. The debugger puts it in, so the page's policy stays in force. */
export async function findAxeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { run } = (globalThis as unknown as { axe: typeof Axe }).axe;
    const { violations } = await run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${String(target)} ${failureSummary}`));
  });
}
