// The moment that a page holds in itself: of a page that was written as files, and that nobody serves.

import type { LiveMessage } from '../runner-view.ts';

/** Returns what the page was written with, or `null` for one that is served by a runner. */
export function stillMoment(): LiveMessage | null {
  const text = document.getElementById('moment')?.textContent ?? null;
  return text === null ? null : (JSON.parse(text) as LiveMessage);
}
