// What a chart shows, whoever draws it: the page itself as SVG, or its script with zoom and a pointer.

/** Names of colours of the style sheet. */
export type ChartTone = 'a' | 'b' | 'c' | 'd' | 'e' | 'soft' | 'limit' | 'mark';

/** Values of x that follow each other by days, or numbers of any distance. */
export type ChartAxis =
  | {
      readonly kind: 'days';
      /** Days since 1970-01-01 of the first value; each next one is a day later. */
      readonly from: number;
    }
  | {
      readonly kind: 'numbers';
      readonly at: readonly number[];
      /** What they count, as `sigma`. */
      readonly unit: string;
    };

export interface ChartLine {
  readonly label: string;
  /** Bars are as wide as the distance of the values of x. */
  readonly kind: 'line' | 'bars' | 'points';
  readonly tone: ChartTone;
  /** One for each value of x; `null`: not known, which leaves a gap. */
  readonly values: readonly (number | null)[];
}

/** A line across the chart, or a band where `to` is another value. */
export interface ChartMark {
  readonly axis: 'x' | 'y';
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly tone: ChartTone;
}

export interface ChartSpec {
  /** Once on its page, letters, digits and hyphens. */
  readonly id: string;
  readonly axis: ChartAxis;
  /** What the values count, as `bps`. */
  readonly unit: string;
  /** Decimals that are shown of a value. */
  readonly digits: number;
  readonly scale: 'linear' | 'log';
  readonly lines: readonly ChartLine[];
  readonly marks: readonly ChartMark[];
}

/** Returns the value of x at `index`: days since 1970-01-01, or the number itself. */
export function axisValue(axis: ChartAxis, index: number): number {
  return axis.kind === 'days' ? axis.from + index : (axis.at[index] ?? Number.NaN);
}

/** Returns how many values of x there are. */
export function axisLength({ axis, lines }: ChartSpec): number {
  return axis.kind === 'numbers' ? axis.at.length : Math.max(0, ...lines.map(({ values }) => values.length));
}
