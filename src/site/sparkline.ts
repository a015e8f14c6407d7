// A result over time as small as a word, for tables.

import { cut, xmlText } from '../supervision/outside-text.ts';
import { bpsText } from '../supervision/report-numbers.ts';
import { runningNet, spanOf } from './day-series.ts';
import type { Html } from './html.ts';
import type { DaySums } from './row-totals.ts';

const SIZE = { width: 96, height: 24 } as const;
const POINTS_MAX = 48;

/** Returns the running result after costs, or a dash below two days. */
export function sparkline(days: readonly DaySums[], title: string): Html {
  const span = spanOf([days]);
  if (span === null || span.length < 2) return '–';
  const all = runningNet(days, span).map((value) => value ?? 0);
  const step = Math.max(1, Math.ceil(all.length / POINTS_MAX));
  const values = all.filter((_, index) => (all.length - 1 - index) % step === 0);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const y = (value: number): number =>
    SIZE.height - 2 - ((value - low) / (high - low || 1)) * (SIZE.height - 4);
  const points = values.map((value, index) => {
    const x = (index / Math.max(1, values.length - 1)) * SIZE.width;
    return `${Math.round(x * 10) / 10},${Math.round(y(value) * 10) / 10}`;
  });
  const zero = Math.round(y(0) * 10) / 10;
  const words = `${cut(title, 80)}: ${bpsText(values.at(-1) ?? null)} bps`;
  return (
    `<svg class="spark" viewBox="0 0 ${SIZE.width} ${SIZE.height}" width="${SIZE.width}" height="${SIZE.height}" role="img">` +
    `<title>${xmlText(words)}</title><line class="zero" x1="0" y1="${zero}" x2="${SIZE.width}" y2="${zero}"/>` +
    `<polyline class="line-a" points="${points.join(' ')}"/></svg>`
  );
}
