// Takes pictures of pages with the browser of this machine: always the same size, theme, zone and fonts, and few bytes.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launch } from '../../test/browser/browser.ts';
import { smallPng } from './small-png.ts';

/** Below what a picture ends with, in pixels of the page. */
const MARGIN = 24;

/** A page, and how it is to be seen. */
export interface View {
  /** Name of the file. */
  readonly name: string;
  /** Address, or HTML of a page that is nowhere else. */
  readonly page: { readonly url: string } | { readonly html: string };
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  /** Pixels of the picture for each of the page; 1 by default. */
  readonly scale?: number;
  /** A selector that is there when the page has drawn itself. */
  readonly drawn?: string;
  /** A selector of what alone is shown, all of it; the window by default. */
  readonly only?: string;
  /** A selector of the first element after which the picture ends. */
  readonly until?: string;
  /** What is done to the page before it is opened. */
  readonly before?: (page: Page) => Promise<void>;
}

export interface Camera {
  take(view: View): Promise<void>;
  close(): Promise<void>;
}

/** Opens the browser. Pictures go to `folder`, and their names to standard output. */
export async function openCamera(folder: string): Promise<Camera> {
  const browser = await launch();
  return {
    async take(view) {
      const { width, height, theme, scale = 1 } = view;
      const context = await browser.newContext({
        ...{ viewport: { width, height }, deviceScaleFactor: scale, colorScheme: theme },
        ...{ timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce' },
      });
      try {
        const png = smallPng(await pictureOf(await context.newPage(), view));
        writeFileSync(join(folder, view.name), png);
        console.log(`${join(folder, view.name)} ${(png.length / 1_000).toFixed(1)} kB`);
      } finally {
        await context.close();
      }
    },
    close: async () => await browser.close(),
  };
}

async function pictureOf(page: Page, view: View): Promise<Buffer> {
  const { page: source, drawn, only, until } = view;
  await view.before?.(page);
  if ('url' in source) await page.goto(source.url);
  else await page.setContent(source.html);
  if (drawn !== undefined) await page.locator(drawn).first().waitFor({ state: 'attached' });
  if (only !== undefined) return await page.locator(only).first().screenshot();
  if (until === undefined) return await page.screenshot();
  const box = await page.locator(until).first().boundingBox();
  if (box === null) throw new Error(`${view.name}: the page shows no ${until}`);
  const height = Math.round(box.y + box.height) + MARGIN;
  return await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width: view.width, height } });
}
