// Makes the drawings of a page answer: values under the pointer, zoom, and all of it by keyboard. The page has said everything before
// this runs. The build makes one classic script of it and what it imports, since a browser loads no modules from a folder.

import type { ChartMark, ChartSpec } from '../chart-spec.ts';
import {
  axisNumber,
  color,
  DAY_S,
  dataOf,
  dayLabels,
  fullRange,
  markLabel,
  markShape,
  number,
  type PlotRange,
  paintedMarks,
  seriesOf,
  yRange,
} from './plot-parts.ts';

const ZOOM = 0.6;
const JUMP = 10;
const SPANS_DAYS: readonly (readonly [words: string, days: number])[] = [
  ['30 d', 30],
  ['90 d', 90],
  ['1 y', 365],
];
const HINT = 'Arrow keys go through the values, plus and minus zoom, Escape shows all.';

const dark = matchMedia('(prefers-color-scheme: dark)');

function make(tag: string, attributes: Readonly<Record<string, string>>, ...children: (Node | string)[]) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

class Chart {
  private readonly spec: ChartSpec;
  private readonly mount: HTMLElement;
  private readonly readout: HTMLElement;
  private readonly data: uPlot.AlignedData;
  private readonly full: PlotRange;
  private readonly halfBar: number;
  /** The marks in the units of the plot. */
  private readonly painted: readonly ChartMark[];
  private readonly buttons: HTMLElement[] = [];
  private plot: uPlot | null = null;
  private shown: PlotRange;
  private index: number;

  constructor(spec: ChartSpec, place: HTMLElement) {
    this.spec = spec;
    this.data = dataOf(spec);
    const xs = this.data[0];
    this.halfBar = spec.lines.some(({ kind }) => kind === 'bars')
      ? Math.abs((xs[1] ?? 0) - (xs[0] ?? 0)) / 2 || 0.5
      : 0;
    this.full = fullRange(spec, xs, this.halfBar);
    this.painted = paintedMarks(spec);
    this.shown = this.full;
    this.index = xs.length - 1;
    const found = place.querySelector<HTMLElement>('.readout');
    this.readout = found ?? make('p', { class: 'readout' });
    this.mount = make('div', {
      class: 'live',
      tabindex: '0',
      role: 'group',
      'aria-roledescription': 'chart',
      'aria-labelledby': `${spec.id}-title`,
      title: HINT,
    });
    place.replaceChildren(...(spec.axis.kind === 'days' ? [this.spans()] : []), this.readout, this.mount);
    this.readout.setAttribute('aria-live', 'polite');
    this.draw();
    this.say(this.index);
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.mount);
    dark.addEventListener('change', () => this.draw());
    this.mount.addEventListener('keydown', (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (this.key(event.key, event.shiftKey ? JUMP : 1)) event.preventDefault();
    });
    this.mount.addEventListener('focus', () => this.point());
  }

  /** Returns whether the key means something here. */
  private key(key: string, step: number): boolean {
    const last = this.data[0].length - 1;
    const go = (index: number): true => {
      this.index = Math.max(0, Math.min(last, index));
      this.point();
      return true;
    };
    if (key === 'ArrowLeft') return go(this.index - step);
    if (key === 'ArrowRight') return go(this.index + step);
    if (key === 'Home') return go(0);
    if (key === 'End') return go(last);
    if (key === '+' || key === '=') return this.zoom(ZOOM);
    if (key === '-') return this.zoom(1 / ZOOM);
    if (key === 'Escape') return this.show(this.full);
    return false;
  }

  /** uPlot wants `null` of who has heard an event. */
  private restored(): null {
    this.show(this.full);
    return null;
  }

  private zoom(factor: number): true {
    const { min, max } = this.shown;
    const center = Math.max(min, Math.min(max, this.data[0][this.index] ?? (min + max) / 2));
    const room = Math.max(
      (this.full.max - this.full.min) / Math.max(4, this.data[0].length),
      (max - min) * factor,
    );
    const left = ((center - min) / (max - min)) * room;
    return this.show({
      min: Math.max(this.full.min, center - left),
      max: Math.min(this.full.max, center - left + room),
    });
  }

  private show(range: PlotRange): true {
    this.shown = range;
    this.plot?.setScale('x', { ...range });
    const days = (range.max - range.min) / DAY_S;
    for (const button of this.buttons) {
      const wanted = Number(button.dataset['days']);
      const isIt = range === this.full ? wanted === 0 : Math.abs(days - wanted) < 0.01;
      button.setAttribute('aria-pressed', String(isIt));
    }
    return true;
  }

  /** Puts the pointer where the keyboard is. */
  private point(): void {
    const x = this.data[0][this.index];
    if (this.plot === null || x === undefined) return;
    if (x < this.shown.min || x > this.shown.max) {
      const room = this.shown.max - this.shown.min;
      const min = Math.max(this.full.min, Math.min(this.full.max - room, x - room / 2));
      this.show({ min, max: min + room });
    }
    this.plot.setCursor({ left: this.plot.valToPos(x, 'x'), top: this.size().height / 2 });
    this.say(this.index);
  }

  private spans(): HTMLElement {
    const length = (this.full.max - this.full.min) / DAY_S;
    const box = make('div', { class: 'spans', role: 'group', 'aria-label': 'Time span' });
    for (const [words, days] of [...SPANS_DAYS, ['All', 0] as const]) {
      if (days >= length) continue;
      const pressed = String(days === 0);
      const button = make(
        'button',
        { type: 'button', class: 'ghost', 'aria-pressed': pressed, 'data-days': String(days) },
        words,
      );
      button.addEventListener('click', () =>
        this.show(days === 0 ? this.full : { min: this.full.max - days * DAY_S, max: this.full.max }),
      );
      this.buttons.push(button);
      box.append(button);
    }
    return box;
  }

  private say(index: number): void {
    const x = this.data[0][index];
    if (x === undefined) return;
    const keys = this.spec.lines.map(({ label, tone, values }) => {
      const value = values[index] ?? null;
      const words = value === null ? '–' : number(value, this.spec.digits);
      return make('span', { class: 'key', 'data-line': tone }, `${label} `, make('b', {}, words));
    });
    this.readout.replaceChildren(...keys, make('span', { class: 'when' }, this.place(x)));
  }

  private place(x: number): string {
    const { axis } = this.spec;
    if (axis.kind === 'days') return new Date(x * 1000).toISOString().slice(0, 10);
    const step = this.halfBar || 0.1;
    const digits = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step)) + 1));
    if (this.halfBar === 0) return `${number(x, digits)} ${axis.unit}`;
    return `${number(x - this.halfBar, digits)} to ${number(x + this.halfBar, digits)} ${axis.unit}`;
  }

  private size(): { readonly width: number; readonly height: number } {
    const { clientWidth, clientHeight } = this.mount;
    return { width: Math.max(120, clientWidth), height: Math.max(120, clientHeight) };
  }

  /** uPlot keeps the colours that it was given, so another theme is another plot. */
  private draw(): void {
    this.plot?.destroy();
    this.plot = new uPlot(this.options(), this.data, this.mount);
    this.plot.setScale('x', { ...this.shown });
  }

  private options(): uPlot.Options {
    const { spec } = this;
    const axis = {
      stroke: color('soft'),
      grid: { stroke: color('rule'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    };
    const isDays = spec.axis.kind === 'days';
    return {
      ...this.size(),
      legend: { show: false },
      padding: [8, 20, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: true },
        points: { size: 7 },
        bind: { dblclick: () => () => this.restored() },
      },
      scales: {
        x: { time: isDays, range: (_plot, min, max) => [min ?? this.full.min, max ?? this.full.max] },
        y: {
          ...(spec.scale === 'log' ? { distr: 3 as const, log: 10 as const } : {}),
          range: (_plot, min, max) => yRange(spec, min, max),
        },
      },
      series: [{}, ...spec.lines.map((line) => seriesOf(line))],
      axes: [
        { ...axis, space: 64, size: 30, ...(isDays ? { values: dayLabels } : {}) },
        { ...axis, size: 62, values: (_plot, splits) => splits.map((value) => axisNumber(value, splits)) },
      ],
      hooks: {
        drawAxes: [(plot) => this.marks(plot, markShape)],
        draw: [(plot) => this.marks(plot, markLabel)],
        setCursor: [({ cursor }) => this.hover(cursor.left, cursor.idx)],
        setScale: [
          (plot, key) => {
            const { min, max } = plot.scales['x'] ?? {};
            if (key !== 'x' || min === undefined || max === undefined) return;
            if (min !== this.shown.min || max !== this.shown.max) this.show({ min, max });
          },
        ],
      },
    };
  }

  private hover(left: number | undefined, index: number | null | undefined): void {
    if (left === undefined || left < 0 || index === null || index === undefined) return;
    this.index = index;
    this.say(index);
  }

  private marks(plot: uPlot, paint: (plot: uPlot, mark: ChartMark, row: number) => void): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const [row, mark] of this.painted.entries()) paint(plot, mark, row);
    ctx.restore();
  }
}

const specs = JSON.parse(document.getElementById('charts')?.textContent ?? '[]') as readonly ChartSpec[];
for (const spec of specs) {
  const place = document.querySelector<HTMLElement>(`[data-chart="${spec.id}"]`);
  if (place !== null) new Chart(spec, place);
}
document.documentElement.dataset['charts'] = 'drawn';
