// Small drawings of the pages: what happened to a pull request, and how a check ended. Beside each stands a word that says the same.

import type { Html } from '../../site/html.ts';

const DISC = (x: number, y: number): string => `<circle cx="${x}" cy="${y}" r="1.75"/>`;

/** Strokes on a field of 16 by 16. */
const DRAWINGS = {
  open: `${DISC(4, 3.5)}${DISC(4, 12.5)}${DISC(12, 12.5)}<path d="M4 5.5v5M12 10.5V6.5A2.5 2.5 0 0 0 9.5 4H8M10 2 8 4l2 2"/>`,
  closed: `${DISC(4, 3.5)}${DISC(4, 12.5)}${DISC(12, 12.5)}<path d="M4 5.5v5M12 10.5V7.5M10 2l4 4M14 2l-4 4"/>`,
  merged: `${DISC(4, 3.5)}${DISC(4, 12.5)}${DISC(12, 8)}<path d="M4 5.5v5M4 5.5C4 8 7 8 10 8"/>`,
  commit: '<circle cx="8" cy="8" r="2.75"/><path d="M1.5 8h3.5M11 8h3.5"/>',
  passed: '<path d="m3 8.5 3.5 3.5L13 4.5"/>',
  failed: '<path d="m4 4 8 8M12 4l-8 8"/>',
  waiting: '<path d="M8 3v6M8 12v1"/>',
  neutral: '<path d="M4 8h8"/>',
} as const;

export type IconName = keyof typeof DRAWINGS;

/** Returns a drawing in the colour of the words around it; readers of screens pass over it. */
export function icon(name: IconName): Html {
  return (
    '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" fill="none" ' +
    `stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${DRAWINGS[name]}</svg>`
  );
}
