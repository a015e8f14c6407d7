// The pictures of the status page: of hours that are always the same, served as a runner serves them.

import type { Page } from 'playwright-core';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';
import { serve } from '../../test/browser/browser.ts';
import { factsOf, hours } from '../../test/browser/fake-run.ts';
import type { Camera } from './camera.ts';

const MINUTE_MS = 60_000;

/** Takes them on a desk in the light and on a phone in the dark. */
export async function takeStatus(camera: Camera): Promise<void> {
  const { kernel } = hours();
  const server = await serve({
    facts: () => factsOf(kernel),
    history: kernel.history,
    timers: virtualTimers(kernel.nowMs),
  });
  const view = {
    page: { url: `http://127.0.0.1:${server.port}/` },
    drawn: 'main[data-ready="true"]',
    // Ages would differ from picture to picture.
    before: async (page: Page) => {
      await page.clock.install({ time: kernel.nowMs - MINUTE_MS });
      await page.clock.pauseAt(kernel.nowMs);
    },
  };
  try {
    const desk = { width: 1440, height: 1400, theme: 'light' } as const;
    const phone = { width: 390, height: 844, scale: 2, theme: 'dark' } as const;
    await camera.take({ ...view, ...desk, name: 'status-desktop-light.png' });
    await camera.take({ ...view, ...phone, name: 'status-phone-dark.png' });
  } finally {
    await server.close();
  }
}
