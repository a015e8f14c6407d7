// The choice of how much time a chart shows.

import { el } from './dom.ts';

const SPANS = [
  { label: '15 m', ms: 15 * 60_000 },
  { label: '4 h', ms: 4 * 3_600_000 },
  { label: '1 d', ms: 86_400_000 },
  { label: 'All', ms: Number.POSITIVE_INFINITY },
] as const;

/** Puts buttons into `mount`, and returns the span that is chosen, in ms; all at first. */
export function spanChoice(mount: HTMLElement, chosen: () => void): () => number {
  let spanMs: number = Number.POSITIVE_INFINITY;
  const buttons = SPANS.map(({ label, ms }) => {
    const pressed = String(ms === spanMs);
    const button = el('button', { type: 'button', class: 'ghost', 'aria-pressed': pressed }, label);
    button.addEventListener('click', () => {
      spanMs = ms;
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      chosen();
    });
    return button;
  });
  mount.append(...buttons);
  return () => spanMs;
}
