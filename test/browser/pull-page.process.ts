// The pages of the demo's GitHub in a real browser, opened from a folder: drawn, readable by everybody, and deaf to what texts would run.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { issuePage } from '../../src/demo/pages/issue-page.ts';
import { landingPage } from '../../src/demo/pages/landing-page.ts';
import { mailPage } from '../../src/demo/pages/mail-page.ts';
import { pageFiles } from '../../src/demo/pages/page-files.ts';
import { pullPage } from '../../src/demo/pages/pull-page.ts';
import { HOSTILE_PULL, MERGED, OPTIONS, storyText } from '../demo/pages/shown-pulls.ts';
import { chromiumPath, launch } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };

/** By name of its file. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ['pull-2.html', pullPage(MERGED, OPTIONS)],
  ['pull-3.html', pullPage(HOSTILE_PULL, OPTIONS)],
  [
    'dashboard.html',
    issuePage(
      {
        ...{ number: 1, title: 'Warden dashboard', author: 'warden[bot]', state: 'open' },
        ...{ createdAt: MERGED.createdAt, body: storyText('dashboard-after'), comments: [] },
      },
      OPTIONS,
    ),
  ],
  [
    'mail.html',
    mailPage(
      [
        {
          ...{ from: 'warden@example.org', to: 'ada@example.org', subject: 'KILL: macro' },
          ...{ at: MERGED.createdAt, text: `macro: 8.00 sigma\n${'wide '.repeat(60)}\n`, chart: null },
        },
      ],
      OPTIONS,
    ),
  ],
  [
    'index.html',
    landingPage(
      {
        title: 'Warden demo',
        lines: ['PINK traded', 'macro was disabled'],
        groups: [
          { heading: 'GitHub', links: [{ href: 'pull-2.html', title: MERGED.title, words: 'Merged.' }] },
        ],
      },
      OPTIONS,
    ),
  ],
]);

const path = chromiumPath();

// Named here, so that a run without a browser says what it did not look at.
describe.skipIf(path === null)(
  `the pages of the demo in ${path ?? 'a browser, which this machine has not'}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'warden-pages-'));
    let browser: Browser;

    beforeAll(async () => {
      for (const [name, text] of [...pageFiles(), ...PAGES]) writeFileSync(join(folder, name), text);
      browser = await launch();
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });

    async function opened(name: string, viewport = DESK, colorScheme: 'light' | 'dark' = 'light') {
      const context = await browser.newContext({ viewport, colorScheme });
      onTestFinished(async () => await context.close());
      const page = await context.newPage();
      const [complaints, asked]: [string[], string[]] = [[], []];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(join(folder, name)).href);
      if ((PAGES.get(name) ?? '').includes('charts.js'))
        await page.locator('html[data-charts="done"]').waitFor({ state: 'attached' });
      return { page, complaints, asked };
    }

    /** What a reader with a screen reader, a keyboard or weak eyes would stumble over, with its place. */
    async function faults(page: Page): Promise<string[]> {
      await page.evaluate(AXE);
      return (await page.evaluate(
        `axe.run(document, { preload: false, resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`,
      )) as string[];
    }

    const isWider = async (page: Page): Promise<unknown> =>
      await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

    it.each(['light', 'dark'] as const)(
      'show a pull request with its charts, to everybody, %s',
      async (scheme) => {
        const { page, complaints, asked } = await opened('pull-2.html', DESK, scheme);
        // What is folded is to be read as well.
        await page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })");

        expect(await page.locator('figure.chart svg[role="img"]').count()).toBe(3);
        expect(await page.locator('figure.chart details:visible').count()).toBe(0);
        expect(await page.locator('figure.chart svg').first().getAttribute('aria-label')).toBe(
          'CVaR 95 of macro in TREND and its limit',
        );
        for (const size of [DESK, PHONE]) {
          await page.setViewportSize(size);
          expect(await isWider(page)).toBe(false);
          expect(await faults(page)).toEqual([]);
        }
        expect(complaints).toEqual([]);
        expect(asked.filter((url) => !url.startsWith('file://'))).toEqual([]);
      },
    );

    it.each(['dashboard.html', 'mail.html', 'index.html'])(
      'show %s to everybody, on a phone',
      async (name) => {
        const { page, complaints } = await opened(name, PHONE, 'dark');

        expect(await isWider(page)).toBe(false);
        expect(await faults(page)).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );

    it('run nothing of others, and ask for nothing that they name', async () => {
      const { page, complaints, asked } = await opened('pull-3.html');
      await page.locator('.markdown a', { hasText: 'a' }).first().click();

      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.locator('h1').innerText()).toContain('<script>window.hacked=1</script>');
      expect(await page.locator('main footer, main img, main style').count()).toBe(0);
      expect(complaints).toEqual([]);
      expect(asked.map((url) => url.split('/').at(-1))).toEqual([
        'pull-3.html',
        'pages.css',
        'mermaid.min.js',
        'charts.js',
      ]);
    });

    it('can be read from top to bottom by keyboard', async () => {
      const { page } = await opened('pull-2.html', PHONE);
      await page.keyboard.press('Tab');
      const first = await page.evaluate('document.activeElement.textContent');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');

      expect(first).toBe('Skip to the content');
      expect(await page.evaluate("document.activeElement.closest('nav')?.ariaLabel")).toBe(
        'Parts of the pull request',
      );
    });
  },
);
