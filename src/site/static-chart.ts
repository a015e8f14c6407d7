// A chart as SVG, for a reader without a script: the same lines, bars and marks that the script draws with a pointer.

import { DAY_MS, dayOf } from '../domain/time.ts';
import { cut, xmlText } from '../supervision/outside-text.ts';
import { fixed } from '../supervision/report-numbers.ts';
import { axisLength, axisValue, type ChartLine, type ChartMark, type ChartSpec } from './chart-spec.ts';
import { roundStep } from './histogram.ts';
import type { Html } from './html.ts';

/** In pixels of the drawing: narrow, so that its words can be read on a phone. */
const SIZE = { width: 440, height: 220 } as const;
const PLOT = { left: 56, right: SIZE.width - 10, top: 10, bottom: SIZE.height - 26 } as const;
const TICKS_WANTED = 4;
const LABEL_CHARS_MAX = 24;
/** Words of marks beside each other stand in rows. */
const LABEL_HEIGHT = 14;

interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly range: Range;
  readonly domain: Range;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Returns the drawing. Its name is what the chart is called, its description what it shows. */
export function staticChart(spec: ChartSpec, title: string, description: string): Html {
  const scales = scalesOf(spec);
  const inside = [
    ...spec.marks.map((mark) => markShape(mark, scales)),
    ...spec.lines.map((line) => lineShape(spec, line, scales)),
  ];
  return [
    `<svg class="drawing" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img">`,
    `<title>${xmlText(title)}</title><desc>${xmlText(description)}</desc>`,
    ...yTicks(spec, scales),
    ...xTicks(spec, scales),
    ...inside,
    ...labelled(spec).map((mark, row) => markLabel(mark, row, scales)),
    '</svg>',
  ].join('');
}

function scalesOf(spec: ChartSpec): Scales {
  const marksOn = (axis: ChartMark['axis']) =>
    spec.marks.filter((mark) => mark.axis === axis).flatMap(({ from, to }) => [from, to]);
  const known = spec.lines.flatMap(({ values }) => values.filter((value) => value !== null));
  const base = spec.lines.some(({ kind }) => kind === 'bars') ? [0] : [];
  const range = rangeOf([...known, ...base, ...marksOn('y')].map(scaled(spec)));
  const half = halfBar(spec);
  const xs = Array.from({ length: axisLength(spec) }, (_, index) => axisValue(spec.axis, index));
  const domain = rangeOf([...xs.flatMap((x) => [x - half, x + half]), ...marksOn('x')]);
  const place =
    ({ low, high }: Range, from: number, to: number) =>
    (value: number) =>
      from + ((value - low) / (high - low)) * (to - from);
  const y = place(range, PLOT.bottom, PLOT.top);
  return { x: place(domain, PLOT.left, PLOT.right), y: (value) => y(scaled(spec)(value)), range, domain };
}

/** Half the distance of two bars. */
function halfBar(spec: ChartSpec): number {
  if (!spec.lines.some(({ kind }) => kind === 'bars')) return 0;
  return Math.abs(axisValue(spec.axis, 1) - axisValue(spec.axis, 0)) / 2 || 0.5;
}

const SMALLEST_LOG = 1e-3;

function scaled({ scale }: ChartSpec): (value: number) => number {
  return (value) => (scale === 'log' ? Math.log10(Math.max(value, SMALLEST_LOG)) : value);
}

function rangeOf(values: readonly number[]): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) return { low: 0, high: 1 };
  return low === high ? { low: low - 0.5, high: high + 0.5 } : { low, high };
}

function yTicks(spec: ChartSpec, { range, y }: Scales): Html[] {
  const step =
    spec.scale === 'log' ? Math.max(1, Math.ceil((range.high - range.low) / TICKS_WANTED)) : stepOf(range);
  const digits = step >= 1 ? 0 : Math.min(spec.digits + 2, Math.ceil(-Math.log10(step)));
  return ticksIn(range, step).map((tick) => {
    const value = spec.scale === 'log' ? 10 ** tick : tick;
    const words = spec.scale === 'log' ? powerText(tick) : fixed(value, digits);
    const at = round(y(value));
    const kind = tick === 0 && spec.scale === 'linear' ? 'zero' : 'grid';
    return (
      `<line class="${kind}" x1="${PLOT.left}" y1="${at}" x2="${PLOT.right}" y2="${at}"/>` +
      `<text x="${PLOT.left - 6}" y="${round(y(value) + 4)}" text-anchor="end">${words}</text>`
    );
  });
}

function powerText(power: number): string {
  return power >= 0 && power <= 3 ? String(10 ** power) : `1e${power}`;
}

function xTicks(spec: ChartSpec, { domain, x }: Scales): Html[] {
  const bottom = SIZE.height - 8;
  if (spec.axis.kind === 'days') {
    const [first, last] = [spec.axis.from, spec.axis.from + axisLength(spec) - 1];
    return [
      `<text x="${PLOT.left}" y="${bottom}">${dayText(first)}</text>`,
      `<text x="${PLOT.right}" y="${bottom}" text-anchor="end">${dayText(last)}</text>`,
    ];
  }
  const step = stepOf(domain);
  const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step));
  return ticksIn(domain, step).map(
    (tick) => `<text x="${round(x(tick))}" y="${bottom}" text-anchor="middle">${fixed(tick, digits)}</text>`,
  );
}

function dayText(day: number): string {
  return dayOf(day * DAY_MS);
}

function stepOf({ low, high }: Range): number {
  return roundStep((high - low) / TICKS_WANTED);
}

function ticksIn({ low, high }: Range, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

function lineShape(spec: ChartSpec, line: ChartLine, scales: Scales): Html {
  const points = line.values.map((value, index) =>
    value === null ? null : { x: scales.x(axisValue(spec.axis, index)), y: scales.y(value) },
  );
  if (line.kind === 'bars') return barsShape(spec, line, scales);
  const dots = points.flatMap((point, index) => {
    if (point === null) return [];
    const isAlone = (points[index - 1] ?? null) === null && (points[index + 1] ?? null) === null;
    return line.kind === 'points' || isAlone
      ? [`<circle class="fill-${line.tone}" cx="${round(point.x)}" cy="${round(point.y)}" r="3.5"/>`]
      : [];
  });
  if (line.kind === 'points') return dots.join('');
  let path = '';
  for (const [index, point] of points.entries()) {
    if (point === null) continue;
    path += `${(points[index - 1] ?? null) === null ? 'M' : 'L'}${round(point.x)} ${round(point.y)}`;
  }
  return `<path class="line-${line.tone}" d="${path}"/>${dots.join('')}`;
}

function barsShape(spec: ChartSpec, { values, tone }: ChartLine, { x, y }: Scales): Html {
  const half = halfBar(spec) * 0.92;
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === null || value === 0) continue;
    const center = axisValue(spec.axis, index);
    path += `M${round(x(center - half))} ${round(y(0))}V${round(y(value))}H${round(x(center + half))}V${round(y(0))}Z`;
  }
  return `<path class="fill-${tone}" d="${path}"/>`;
}

function markShape({ axis, from, to, tone }: ChartMark, { x, y }: Scales): Html {
  if (from !== to) {
    const [left, right] = axis === 'x' ? [x(from), x(to)] : [PLOT.left, PLOT.right];
    const [top, bottom] = axis === 'x' ? [PLOT.top, PLOT.bottom] : [y(to), y(from)];
    const size = `width="${round(right - left)}" height="${round(bottom - top)}"`;
    return `<rect class="band-${tone}" x="${round(left)}" y="${round(top)}" ${size}/>`;
  }
  const ends =
    axis === 'x'
      ? `x1="${round(x(from))}" y1="${PLOT.top}" x2="${round(x(from))}" y2="${PLOT.bottom}"`
      : `x1="${PLOT.left}" y1="${round(y(from))}" x2="${PLOT.right}" y2="${round(y(from))}"`;
  return `<line class="line-${tone} dashed" ${ends}/>`;
}

/** Bands need no words in the drawing: the figure has them. */
function labelled({ marks }: ChartSpec): ChartMark[] {
  return marks.filter(({ from, to }) => from === to);
}

/** Words of a line across stand beside it, on the side that has room. */
function markLabel({ axis, from, label, tone }: ChartMark, row: number, { x, y }: Scales): Html {
  const words = xmlText(cut(label, LABEL_CHARS_MAX));
  if (axis === 'y')
    return `<text class="mark-${tone}" x="${PLOT.right - 4}" y="${round(y(from) - 4)}" text-anchor="end">${words}</text>`;
  const isRight = x(from) > (PLOT.left + PLOT.right) / 2;
  const place = `x="${round(x(from) + (isRight ? -4 : 4))}" y="${PLOT.top + 10 + LABEL_HEIGHT * row}"`;
  return `<text class="mark-${tone}" ${place} text-anchor="${isRight ? 'end' : 'start'}">${words}</text>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
