// The built status page in a real browser: what it shows, what it hears, and what it never does. Without a browser these are left out.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import type { RunnerFacts } from '../../src/runner/facts.ts';
import type { StatusServer } from '../../src/runner/status/status-server.ts';
import { BTC } from '../kernel/build.ts';
import { chromiumPath, launch, PAGE_FOLDER, serve } from './browser.ts';
import { type FakeRun, factsOf, hours } from './fake-run.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core');
const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"\'`';
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };
const THEMES = ['light', 'dark'] as const;

interface World {
  readonly run: FakeRun;
  readonly page: Page;
  readonly server: StatusServer;
  /** What the console complained of, and what was thrown. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for. */
  readonly asked: readonly string[];
}

interface Choice {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly facts?: Partial<RunnerFacts>;
  readonly run?: FakeRun;
}

const path = chromiumPath();

// Named here, so that a run without a browser says what it did not look at.
describe.skipIf(path === null)(
  `the status page in ${path ?? 'a browser, which this machine has not'}`,
  () => {
    let browser: Browser;

    beforeAll(async () => {
      if (!existsSync(join(PAGE_FOLDER, 'main.js')))
        throw new Error(`${PAGE_FOLDER} has no page; run \`npm run build\` first`);
      browser = await launch();
    });
    afterAll(async () => await browser?.close());

    async function opened({
      viewport = DESK,
      colorScheme = 'light',
      facts = {},
      run = hours(),
    }: Choice = {}): Promise<World> {
      const server = await serve({
        facts: () => factsOf(run.kernel, facts),
        history: run.kernel.history,
        timers: systemTimers(),
      });
      const context = await browser.newContext({ viewport, colorScheme });
      onTestFinished(async () => {
        await context.close();
        await server.close();
      });
      const page = await context.newPage();
      const [complaints, asked]: [string[], string[]] = [[], []];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => asked.push(request.url()));
      page.on('websocket', (socket) => asked.push(socket.url()));
      await page.goto(`http://127.0.0.1:${server.port}/`);
      await page.locator('main[data-ready="true"]').waitFor();
      return { run, page, server, complaints, asked };
    }

    const textOf = async (page: Page, selector: string): Promise<string> =>
      (await page.locator(selector).innerText()).replaceAll(/\s+/g, ' ');

    it('shows the state, what is held, the ledger and the orders', async () => {
      const { page } = await opened();

      expect(await textOf(page, '#state-body')).toBe('RUN Entries and exits pass.');
      expect(await textOf(page, '#position')).toContain(`SHORT 0.05 ${BTC}`);
      expect(await textOf(page, '#ledger')).toContain('Seed 10,000.00');
      expect(await textOf(page, '#ledger')).toMatch(/Residual 0\.00 \(OK\)/);
      expect(await textOf(page, '#orders')).toContain('1 live, 19 final.');
      expect(await textOf(page, '#router')).toContain('working');
      expect(await textOf(page, '#strategies')).toContain('its shortfall is beyond the limit');
      expect(await textOf(page, '#parts')).toContain('2 behind');
      expect(await textOf(page, '#records')).toContain('DECISION');
      expect(await page.title()).toBe('RUN · PINK pink-1');
    });

    it('draws both charts, and shows the span that is chosen', async () => {
      const { page } = await opened();
      for (const id of ['equity-chart', 'price-chart']) {
        const drawn = `(() => { const c = document.querySelector('#${id} canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return d.filter((v, i) => i % 4 === 3 && v > 0).length; })()`;
        expect(Number(await page.evaluate(drawn))).toBeGreaterThan(1_000);
      }
      const before = await page.locator('#equity-chart').getAttribute('aria-label');
      await page.locator('#equity-spans').getByRole('button', { name: '15 m' }).click();

      expect(before).toMatch(
        /^Equity over time, \d+ points: lowest [\d.,]+, highest [\d.,]+, now [\d.,]+\.$/,
      );
      expect(await page.locator('#equity-chart').getAttribute('aria-label')).not.toBe(before);
    });

    it('hears of a freeze and its reason without being loaded again', async () => {
      const { page, run } = await opened();
      await page.evaluate('window.stillHere = true');
      run.kernel.apply({ kind: 'STREAM', isUp: false });
      await page.locator('.state-word', { hasText: 'ENTRY_FROZEN' }).waitFor();

      expect(await textOf(page, '#state-body')).toMatch(
        /STREAM_DOWN for \d+ s: the stream of reports is down/,
      );
      expect(await textOf(page, '#announce')).toMatch(/^ENTRY_FROZEN\. STREAM_DOWN: /);
      expect(await page.evaluate('window.stillHere')).toBe(true);
    });

    it('says that nothing may enter where the lists refuse every class', async () => {
      const { page, run } = await opened();
      const permissions = [...run.kernel.state.trading.permissions.values()].map((one) => ({
        ...one,
        isEnabled: false,
      }));
      run.kernel.apply({ kind: 'PERMISSIONS', version: 'c0ffee00beef2222', permissions });
      await page.locator('#state[data-tone="warn"]').waitFor();

      expect(await textOf(page, '#state-body')).toBe('RUN Exits pass. The lists let no class enter.');
    });

    it('says what is unknown, and takes nothing for zero', async () => {
      const run = hours();
      run.kernel.state.ledger.seededAtMs = null;
      run.kernel.state.ledger.venueWallet = null;
      const { page } = await opened({ run, facts: { scan: null } });

      expect(await textOf(page, '#figures')).toMatch(
        /Equity unknown .* K unknown .* E unknown .* Residual unknown/,
      );
      expect(await textOf(page, '#ledger')).toContain('K has not begun');
      expect(await textOf(page, '#scan')).toContain('No scan has come yet.');
    });

    it('shows hostile words as words', async () => {
      const run = hours();
      run.decide(HOSTILE, HOSTILE);
      run.kernel.apply({
        kind: 'COMMAND',
        requestId: 'r1',
        command: 'ENTRY_FROZEN',
        slot: null,
        who: HOSTILE,
        why: HOSTILE,
      });
      const { page, complaints } = await opened({
        run,
        facts: {
          runnerId: HOSTILE,
          policy: HOSTILE,
          halted: HOSTILE,
          parts: [{ name: HOSTILE, state: 'down', why: HOSTILE, lastAtMs: null }],
          lists: {
            killList: null,
            allocation: null,
            problem: HOSTILE,
            classes: new Map([
              [HOSTILE, { isEnabled: false, reason: HOSTILE, episode: HOSTILE, sizeFactor: 1 }],
            ]),
          },
        },
      });

      for (const id of ['state-body', 'parts', 'strategies', 'records', 'notices', 'who'])
        expect(await page.locator(`#${id}`).textContent()).toContain('onerror="window.hacked=1"');
      expect(await page.locator('main img, main script').count()).toBe(0);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(complaints).toEqual([]);
    });

    it.each([
      ['a run', {}],
      [
        'words without a space',
        { runnerId: 'x'.repeat(200), halted: 'y'.repeat(400), policy: 'z'.repeat(300) },
      ],
    ])('is no wider than a phone with %s', async (_case, facts) => {
      const { page } = await opened({ viewport: PHONE, facts });

      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    });

    it('asks nobody but the runner for anything, and complains of nothing', async () => {
      const { page, server, run, asked, complaints } = await opened();
      run.pass(60_000);
      await page.locator('#theme').click();
      const hosts = new Set(asked.map((url) => new URL(url).host));

      expect([...hosts]).toEqual([`127.0.0.1:${server.port}`]);
      expect(asked.length).toBeGreaterThan(8);
      expect(complaints).toEqual([]);
    });

    it.each(THEMES)('can be used by everybody in the %s theme', async (colorScheme) => {
      for (const viewport of [DESK, PHONE]) {
        const run = hours();
        run.kernel.apply({ kind: 'STREAM', isUp: false });
        const { page } = await opened({ viewport, colorScheme, run });
        await page.evaluate(readFileSync(AXE, 'utf8'));
        const found = (await page.evaluate(
          "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => [id, impact, nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))]))",
        )) as readonly unknown[];
        expect(found).toEqual([]);
      }
    });

    it.each(THEMES)('has the contrast of the standard in the %s theme', async (colorScheme) => {
      const { page } = await opened({ colorScheme });
      const ratios = (await page.evaluate(CONTRAST)) as Readonly<Record<string, number>>;

      expect(Object.keys(ratios)).toHaveLength(KEY_TEXTS.length);
      for (const [selector, ratio] of Object.entries(ratios))
        expect([selector, ratio >= 4.5 ? 'enough' : ratio]).toEqual([selector, 'enough']);
    });

    it('keeps the theme that was chosen', async () => {
      const { page } = await opened({ colorScheme: 'light' });
      const theme = async () => await page.evaluate('document.documentElement.dataset.theme');
      expect(await theme()).toBe('light');
      await page.locator('#theme').click();
      expect(await theme()).toBe('dark');
      await page.reload();
      await page.locator('main[data-ready="true"]').waitFor();

      expect(await theme()).toBe('dark');
      expect(await page.locator('#theme').getAttribute('aria-pressed')).toBe('true');
    });

    it('follows the system until a person chooses, where the browser keeps nothing', async () => {
      const { page } = await opened({ colorScheme: 'light' });
      await page.addInitScript(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('nothing is kept'); } })",
      );
      await page.reload();
      await page.locator('main[data-ready="true"]').waitFor();
      const shows = async (theme: string) => {
        // A change of the system is told with the next frame.
        await page.evaluate(
          'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
        );
        expect(await page.evaluate('document.documentElement.dataset.theme')).toBe(theme);
      };
      await shows('light');
      await page.emulateMedia({ colorScheme: 'dark' });
      await shows('dark');
      await page.locator('#theme').click();
      await shows('light');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.emulateMedia({ colorScheme: 'dark' });
      await shows('light');
    });

    it('says loudly that the connection is lost, with the age of what it shows, and comes back by itself', async () => {
      const { page, run, server } = await opened();
      expect(await page.locator('#lost').isVisible()).toBe(false);
      await server.close();
      await page.locator('#lost').waitFor({ state: 'visible' });
      expect(await textOf(page, '#lost')).toMatch(
        /^Connection lost\. Trying again\. What is shown is \d+ s old\.$/,
      );
      expect(await textOf(page, '#link')).toBe('Connection lost');

      const again = await serve({
        port: server.port,
        facts: () => factsOf(run.kernel),
        history: run.kernel.history,
        timers: systemTimers(),
      });
      onTestFinished(() => again.close());
      await page.locator('#lost').waitFor({ state: 'hidden' });
      expect(await textOf(page, '#link')).toBe('Live');
    });

    it('can be gone through by keyboard, and shows where one is', async () => {
      const { page } = await opened();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).toBe('skip');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe('theme');
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    });
  },
);

const KEY_TEXTS = [
  '.brand',
  '.clock',
  '.link',
  '.badge',
  '.state-word',
  '.state-why p',
  '.figures dt',
  '.figures .value',
  '.figures .note',
  '.side',
  '.held-profit',
  '.pairs dt',
  '.pairs dd',
  'th',
  'td',
  'tr[data-tone="soft"] td',
  '.readout .when',
  '.spans button',
  '.foot p',
];

/** The ratio of WCAG 2.2 (1.4.3) of each text to the ground that it stands on. */
const CONTRAST = `(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const ratios = {};
  for (const selector of ${JSON.stringify(KEY_TEXTS)}) {
    for (const element of document.querySelectorAll(selector)) {
      const [a, b] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      ratios[selector] = Math.min(ratios[selector] ?? 99, ratio);
    }
  }
  return ratios;
})()`;
