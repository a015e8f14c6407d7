// Makes the pictures of the status page in docs/pictures out of a run that is always the same, with the browser of this machine.

import { fileURLToPath } from 'node:url';
import { virtualTimers } from '../src/adapters/virtual-timers.ts';
import { launch, serve } from '../test/browser/browser.ts';
import { factsOf, hours } from '../test/browser/fake-run.ts';

const FOLDER = process.argv[2] ?? fileURLToPath(new URL('../docs/pictures', import.meta.url));
const SIZES = [
  { name: 'phone', width: 390, height: 844, scale: 2 },
  { name: 'desktop', width: 1440, height: 1400, scale: 1 },
] as const;
const MINUTE_MS = 60_000;
const THEMES = ['light', 'dark'] as const;

const { kernel } = hours();
const server = await serve({
  facts: () => factsOf(kernel),
  history: kernel.history,
  timers: virtualTimers(kernel.nowMs),
});
const browser = await launch();
try {
  for (const { name, width, height, scale } of SIZES) {
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({
        viewport: { width, height },
        deviceScaleFactor: scale,
        colorScheme,
        timezoneId: 'UTC',
      });
      const page = await context.newPage();
      // Ages would differ from picture to picture.
      await page.clock.install({ time: kernel.nowMs - MINUTE_MS });
      await page.clock.pauseAt(kernel.nowMs);
      await page.goto(`http://127.0.0.1:${server.port}/`);
      await page.locator('main[data-ready="true"]').waitFor();
      const path = `${FOLDER}/status-${name}-${colorScheme}.png`;
      await page.screenshot({ path });
      console.log(path);
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
