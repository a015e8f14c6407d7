// What a plot is drawn from: its columns, ranges, axes and marks.

import type { ChartMark, ChartSpec } from '../chart-spec.ts';

export interface PlotRange {
  readonly min: number;
  readonly max: number;
}

export const DAY_S = 86_400;
const SMALLEST_LOG = 1e-3;
const LABEL_HEIGHT = 15;

/** Returns a colour of the style sheet as it is now. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function number(value: number, digits: number): string {
  const small = value !== 0 && Math.abs(value) < 10 ** -digits;
  if (small || Math.abs(value) >= 1e7) return value.toExponential(1);
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function dataOf({ axis, lines, scale }: ChartSpec): uPlot.AlignedData {
  const count = Math.max(0, ...lines.map(({ values }) => values.length));
  const xs =
    axis.kind === 'days'
      ? Array.from({ length: count }, (_, index) => (axis.from + index) * DAY_S)
      : [...axis.at];
  const ys = lines.map(({ values }) =>
    values.map((value) => (value !== null && scale === 'log' ? Math.max(value, SMALLEST_LOG) : value)),
  );
  return [xs, ...ys];
}

/** Days are seconds in a plot. */
export function paintedMarks({ axis, marks }: ChartSpec): ChartMark[] {
  const unit = (mark: ChartMark): number => (mark.axis === 'x' && axis.kind === 'days' ? DAY_S : 1);
  return marks.map((mark) => ({ ...mark, from: mark.from * unit(mark), to: mark.to * unit(mark) }));
}

export function fullRange(spec: ChartSpec, xs: ArrayLike<number>, halfBar: number): PlotRange {
  const ends = [(xs[0] ?? 0) - halfBar, (xs[xs.length - 1] ?? 1) + halfBar];
  const all = [
    ...ends,
    ...paintedMarks(spec)
      .filter(({ axis }) => axis === 'x')
      .flatMap(({ from, to }) => [from, to]),
  ];
  const [min, max] = [Math.min(...all), Math.max(...all)];
  if (min === max) return { min: min - 0.5, max: max + 0.5 };
  // A limit beyond all losses stands within the plot, not on its edge.
  const room = spec.axis.kind === 'numbers' ? (max - min) * 0.03 : 0;
  return { min: min - room, max: max + room };
}

/** Limits are always in sight, and so is the ground that bars stand on. */
export function yRange(spec: ChartSpec, min: number | null, max: number | null): [number, number] {
  const marks = spec.marks.filter(({ axis }) => axis === 'y').flatMap(({ from, to }) => [from, to]);
  const base = spec.lines.some(({ kind }) => kind === 'bars') ? [0] : [];
  const all = [...(min === null ? [] : [min]), ...(max === null ? [] : [max]), ...marks, ...base];
  if (all.length === 0) return [0, 1];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (spec.scale === 'log') return [low / 2, high * 2];
  const room = (high - low) * 0.08 || Math.max(Math.abs(high) * 0.05, 0.05);
  return [base.length > 0 && low === 0 ? 0 : low - room, high + room];
}

export function seriesOf({ label, kind, tone }: ChartSpec['lines'][number]): uPlot.Series {
  const stroke = color(`line-${tone}`);
  const common = { label, stroke, width: 1.75, points: { show: false }, spanGaps: false };
  if (kind === 'bars')
    return {
      ...common,
      width: 0,
      fill: stroke,
      paths: uPlot.paths.bars?.({ size: [0.92, 200] }),
    } as uPlot.Series;
  if (kind === 'points')
    return { ...common, width: 0, points: { show: true, size: 8, fill: stroke, stroke } };
  return { ...common, ...(tone === 'mark' || tone === 'soft' ? { dash: [5, 4] } : {}) };
}

export function dayLabels(_plot: uPlot, splits: readonly number[]): string[] {
  return splits.map((second) => {
    const iso = new Date(second * 1000).toISOString();
    return second % DAY_S !== 0
      ? iso.slice(11, 16)
      : iso.slice(5, 10) === '01-01'
        ? iso.slice(0, 4)
        : iso.slice(5, 10);
  });
}

/** As many decimals as it takes to tell the lines of the grid apart. */
export function axisNumber(value: number | null, splits: readonly number[]): string {
  if (value === null) return '';
  if (Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-2)) return value.toExponential(0);
  const step = Math.abs((splits[1] ?? 0) - (splits[0] ?? 0));
  const places = step >= 1 || step === 0 ? 0 : Math.min(4, Math.ceil(-Math.log10(step)));
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: places });
}

export function markShape(plot: uPlot, { axis, from, to, tone }: ChartMark): void {
  const { ctx, bbox } = plot;
  const [a, b] = [plot.valToPos(from, axis, true), plot.valToPos(to, axis, true)];
  if (from !== to) {
    ctx.fillStyle = color(`band-${tone}`);
    if (axis === 'x') ctx.fillRect(a, bbox.top, b - a, bbox.height);
    else ctx.fillRect(bbox.left, b, bbox.width, a - b);
    return;
  }
  ctx.beginPath();
  ctx.strokeStyle = color(`line-${tone}`);
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.moveTo(axis === 'x' ? a : bbox.left, axis === 'x' ? bbox.top : a);
  ctx.lineTo(axis === 'x' ? a : bbox.left + bbox.width, axis === 'x' ? bbox.top + bbox.height : a);
  ctx.stroke();
  ctx.setLineDash([]);
}

export function markLabel(plot: uPlot, { axis, from, to, label, tone }: ChartMark, row: number): void {
  if (from !== to) return;
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  const at = plot.valToPos(from, axis, true);
  ctx.fillStyle = color(tone === 'mark' ? 'ink' : `line-${tone}`);
  ctx.font = `${12 * unit}px system-ui, sans-serif`;
  ctx.textBaseline = 'alphabetic';
  if (axis === 'y') {
    ctx.textAlign = 'right';
    outlined(ctx, label, bbox.left + bbox.width - 4 * unit, at - 4 * unit);
    return;
  }
  const isRight = at > bbox.left + bbox.width / 2;
  ctx.textAlign = isRight ? 'right' : 'left';
  outlined(ctx, label, at + (isRight ? -4 : 4) * unit, bbox.top + (12 + LABEL_HEIGHT * row) * unit);
}

/** Words over lines stand on the ground of the card. */
function outlined(ctx: CanvasRenderingContext2D, words: string, x: number, y: number): void {
  ctx.strokeStyle = color('card');
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.lineJoin = 'round';
  ctx.strokeText(words, x, y);
  ctx.fillText(words, x, y);
}
