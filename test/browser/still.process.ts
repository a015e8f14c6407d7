// The status page as files in a real browser: opened from a folder it asks nobody, and says that it shows a moment of the past.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPageFiles } from '../../src/runner/status/page-files.ts';
import { stillPage } from '../../src/runner/status/still-page.ts';
import { viewOf } from '../../src/runner/status/view.ts';
import { chromiumPath, launch, PAGE_FOLDER } from './browser.ts';
import { factsOf, hours } from './fake-run.ts';

const WIDTHS = [360, 1440] as const;
const path = chromiumPath();

describe.skipIf(path === null)(
  `the status page as files, in ${path ?? 'a browser, which this machine has not'}`,
  () => {
    let browser: Browser;
    let folder: string;

    beforeAll(async () => {
      const files = loadPageFiles(PAGE_FOLDER);
      if (!files.ok) throw new Error(files.error);
      const { kernel } = hours();
      const { history } = kernel;
      const view = viewOf(factsOf(kernel), history.recent());
      folder = mkdtempSync(join(tmpdir(), 'warden-still-'));
      const page = stillPage(files.value, { kind: 'full', view, charts: history.charts() });
      for (const [name, bytes] of page) writeFileSync(join(folder, name), bytes);
      browser = await launch();
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(WIDTHS)('shows its moment at %d px, and neither asks nor complains', async (width) => {
      const context = await browser.newContext({ viewport: { width, height: 900 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => asked.push(request.url()));
      page.on('websocket', (socket) => asked.push(socket.url()));
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      await page.locator('main[data-ready="true"]').waitFor();
      const textOf = async (selector: string): Promise<string> => await page.locator(selector).innerText();

      expect(await textOf('#past')).toMatch(/^This is how PINK stood on \d{4}-\d\d-\d\d [\d:]{8} UTC\./);
      expect(await textOf('#link')).toBe('A past moment');
      expect(await textOf('#state-body')).toContain('RUN');
      expect(await textOf('#ledger')).toContain('Seed');
      const clock = await textOf('#clock');
      await page.waitForFunction('performance.now() > 1500');
      expect(await textOf('#clock')).toBe(clock);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(asked.filter((url) => !url.startsWith(pathToFileURL(folder).href))).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    });
  },
);
