// The report in a real browser, from a folder as anybody opens it: everybody can use it, it complains of nothing and asks nobody.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/site/write-report.ts';
import { aBrokenWorld, NO_FACTS, PINK_AGENT } from '../site/site-world.ts';
import { chromiumPath, launch } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const PAGES = [
  'index.html',
  'classes/macro.html',
  'agents/break-a.html',
  'pink.html',
  'quality.html',
] as const;
const DRAWN = [
  'classes/macro.html',
  'agents/break-a.html',
  `agents/${PINK_AGENT}.html`,
  'pink.html',
] as const;
const LOOKS = [
  [1440, 'light'],
  [1440, 'dark'],
  [360, 'light'],
  [360, 'dark'],
] as const;

/** What each chart has drawn, as the size of its picture. */
const PICTURES = `[...document.querySelectorAll('.live canvas')].map((canvas) => canvas.toDataURL().length)`;
const NEXT_FRAME = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
const FAULTS =
  "axe.run(document, { preload: false, resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => [id, impact, nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))]))";

const path = chromiumPath();

// Named here, so that a run without a browser says what it did not look at.
describe.skipIf(path === null)(`the report in ${path ?? 'a browser, which this machine has not'}`, () => {
  let browser: Browser;
  let site = '';
  const complaints: string[] = [];
  const asked = new Set<string>();

  beforeAll(async () => {
    site = mkdtempSync(join(tmpdir(), 'warden-site-'));
    writeReport(aBrokenWorld(), site, NO_FACTS);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(site, { recursive: true, force: true });
  });

  const url = (page: string): string => pathToFileURL(join(site, page)).href;

  async function looked<T>(
    [width, colorScheme]: (typeof LOOKS)[number],
    look: (context: BrowserContext, open: (page: string) => Promise<Page>) => Promise<T>,
    javaScriptEnabled = true,
  ): Promise<T> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      javaScriptEnabled,
    });
    context.on('console', (message) => complaints.push(`${message.page()?.url()}: ${message.text()}`));
    context.on('weberror', (error) => complaints.push(String(error.error())));
    context.on('request', (request) => asked.add(new URL(request.url()).protocol));
    try {
      return await look(context, async (name) => {
        const page = await context.newPage();
        await page.goto(url(name));
        return page;
      });
    } finally {
      await context.close();
    }
  }

  it.each(PAGES)('shows %s to everybody, on a desk and on a phone, in light and in dark', async (name) => {
    await looked(LOOKS[0], async (_context, open) => {
      const page = await open(name);
      await page.evaluate(AXE);
      for (const [width, colorScheme] of LOOKS) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.evaluate(NEXT_FRAME);
        expect([width, colorScheme, await page.evaluate(FAULTS)]).toEqual([width, colorScheme, []]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
    });
  });

  it('draws every chart, and says what stands under the pointer', async () => {
    await looked([1440, 'light'], async (_context, open) => {
      for (const name of DRAWN) {
        const page = await open(name);
        const charts = await page.locator('.plot').count();
        const drawn = (await page.evaluate(PICTURES)) as readonly number[];
        expect([name, drawn.length]).toEqual([name, charts]);
        for (const bytes of drawn) expect(bytes).toBeGreaterThan(5_000);
        await page.close();
      }
      const page = await open('classes/macro.html');
      const readout = page.locator('[data-chart="equity"] .readout');
      const newest = await readout.innerText();
      await page.locator('[data-chart="equity"] .u-over').hover({ position: { x: 40, y: 40 } });
      expect(newest).toMatch(/^Net result -[\d,.]+\s+2021-08-\d\d$/);
      expect(await readout.innerText()).toMatch(/^Net result -?[\d,.]+\s+2021-04-\d\d$/);
    });
  });

  it('is gone through, zoomed and shown whole again by keyboard alone', async () => {
    await looked([1440, 'dark'], async (_context, open) => {
      const page = await open('classes/macro.html');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).toBe('skip');
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await page.evaluate('document.activeElement.className')) === 'live') break;
      }
      expect(await page.evaluate("document.activeElement.closest('.plot').dataset.chart")).toBe('equity');
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      const day = async () => await page.locator('[data-chart="equity"] .when').innerText();
      const last = await day();
      await page.keyboard.press('Home');
      expect(await day()).toBe('2021-04-01');
      await page.keyboard.press('ArrowRight');
      expect(await day()).toBe('2021-04-02');
      await page.keyboard.press('End');
      expect(await day()).toBe(last);

      const pressed = page.locator('[data-chart="equity"] [aria-pressed="true"]');
      await page.keyboard.press('+');
      expect(await pressed.count()).toBe(0);
      await page.keyboard.press('Escape');
      expect(await pressed.innerText()).toBe('All');
    });
  });

  it('shows the span that is chosen', async () => {
    await looked([360, 'light'], async (_context, open) => {
      const page = await open('agents/break-a.html');
      const before = (await page.evaluate(PICTURES)) as readonly number[];
      const spans = page.locator('[data-chart="multiplier"] .spans');
      await spans.getByRole('button', { name: '30 d' }).click();
      await page.evaluate(NEXT_FRAME);

      expect(await spans.locator('[aria-pressed="true"]').innerText()).toBe('30 d');
      expect(await page.evaluate(PICTURES)).not.toEqual(before);
    });
  });

  it('says the same without a script: drawings, words and tables', async () => {
    await looked(
      [1440, 'light'],
      async (_context, open) => {
        const page = await open('classes/macro.html');
        const figure = page.locator('figure').first();
        expect(await figure.locator('svg').isVisible()).toBe(true);
        await figure.locator('summary').click();
        expect(await figure.locator('tbody tr').first().isVisible()).toBe(true);
      },
      false,
    );
  });

  it('has asked only for files of its folder, and complained of nothing', () => {
    expect([...asked]).toEqual(['file:']);
    expect(complaints).toEqual([]);
  });
});
