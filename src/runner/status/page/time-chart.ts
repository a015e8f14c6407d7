// One chart over time, drawn by uPlot in the colours of the theme; a line of text above it says what stands under the pointer.

interface Line {
  readonly label: string;
  /** Name of a colour of the style sheet, as `--ink`. */
  readonly color: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  /** Held until the next point, as a wallet is. */
  readonly isStepped?: boolean;
  /** Name of a colour to fill below with. */
  readonly fill?: string;
}

interface ChartParts {
  readonly mount: HTMLElement;
  readonly lines: readonly Line[];
  /** Draws over the lines, as fills on a price. */
  over?(plot: uPlot): void;
  /** Told of the point under the pointer; `null`: there is none, the newest counts. */
  hover(index: number | null): void;
}

/** Columns: instants in epoch ms, then one of each line. */
export type Columns = readonly [readonly number[], ...(readonly (number | null)[])[]];

const DAY_S = 86_400;

/** Returns a colour of the style sheet as it is now. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export class TimeChart {
  private readonly parts: ChartParts;
  private plot: uPlot | null = null;
  private columns: Columns = [[]];

  constructor(parts: ChartParts) {
    this.parts = parts;
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(parts.mount);
    document.addEventListener('pink-theme', () => this.rebuild());
  }

  /** Shows other points. */
  show(columns: Columns): void {
    this.columns = columns;
    if (this.plot === null) this.rebuild();
    else this.plot.setData(this.data());
  }

  private data(): uPlot.AlignedData {
    const [instants, ...values] = this.columns;
    return [instants.map((ms) => ms / 1_000), ...values.map((column) => [...column])];
  }

  private size(): { readonly width: number; readonly height: number } {
    const { clientWidth, clientHeight } = this.parts.mount;
    return { width: Math.max(120, clientWidth), height: Math.max(120, clientHeight) };
  }

  /** uPlot keeps the colours that it was given, so another theme is another plot. */
  private rebuild(): void {
    this.plot?.destroy();
    this.plot = new uPlot(this.options(), this.data(), this.parts.mount);
  }

  private options(): uPlot.Options {
    const { lines, over, hover } = this.parts;
    const axis = {
      stroke: color('--soft'),
      grid: { stroke: color('--rule'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    };
    return {
      ...this.size(),
      legend: { show: false },
      padding: [8, 10, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
      cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7 } },
      scales: { y: { range: (_plot, min, max) => padded(min, max) } },
      series: [{}, ...lines.map(seriesOf)],
      axes: [
        {
          ...axis,
          values: (_plot, splits) => splits.map((second) => timeLabel(second, stepOf(splits))),
          space: 70,
          size: 30,
        },
        { ...axis, size: 68, values: (_plot, splits) => splits.map((value) => axisNumber(value, splits)) },
      ],
      hooks: {
        draw: over === undefined ? [] : [over],
        setCursor: [
          ({ cursor }) => hover(cursor.left === undefined || cursor.left < 0 ? null : (cursor.idx ?? null)),
        ],
      },
    };
  }
}

function seriesOf({ label, color: name, width = 1.5, dash, isStepped, fill }: Line): uPlot.Series {
  return {
    label,
    stroke: color(name),
    width,
    points: { show: false },
    ...(dash === undefined ? {} : { dash: [...dash] }),
    ...(fill === undefined ? {} : { fill: color(fill) }),
    ...(isStepped === true ? { paths: uPlot.paths.stepped?.({ align: 1 }) } : {}),
  } as uPlot.Series;
}

/** Some room above and below; a line that never moved is in the middle. */
function padded(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const room = (max - min) * 0.08 || Math.max(Math.abs(max) * 0.000_5, 0.5);
  return [min - room, max + room];
}

/** What lies between two lines of the grid; 0 where there are not two. */
function stepOf(splits: readonly number[]): number {
  const [first, second] = splits;
  return first === undefined || second === undefined ? 0 : Math.abs(second - first);
}

/** A day where one begins, and seconds only where lines are less than a minute apart. */
function timeLabel(second: number, step: number): string {
  const iso = new Date(second * 1_000).toISOString();
  if (second % DAY_S === 0) return iso.slice(5, 10);
  return step % 60 === 0 ? iso.slice(11, 16) : iso.slice(11, 19);
}

/** As many decimals as it takes to tell the lines of the grid apart. */
function axisNumber(value: number, splits: readonly number[]): string {
  const step = stepOf(splits);
  const places = step >= 1 || step === 0 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}
