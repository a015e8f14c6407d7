// Charts as Mermaid `xychart-beta` in a fence: few points, finite numbers, and labels that cannot leave their quotes.

import { assert } from '../domain/assert.ts';
import { cut } from './outside-text.ts';

/** More points than this nobody can read, and names on an axis would touch. */
export const CHART_POINTS_MAX = 40;

const LABEL_SHOWN_MAX = 28;
const TITLE_SHOWN_MAX = 80;
const LARGEST = 1e15;

/** With more points than this, labels of five characters beside each other would touch. */
export const WIDE_LABELS_MAX = 14;

/** Blue and red, readable on light and on dark; the first colour of Mermaid's own is nearly white. */
const COLOURS = '#2f81f7, #d1242f';

export interface Series {
  readonly kind: 'bar' | 'line';
  /** Shown in the legend, which a chart of one series does not need. */
  readonly name: string;
  /** One value per label. */
  readonly values: readonly number[];
}

export interface Chart {
  readonly title: string;
  /** Names of the points, in order; those that would look alike are numbered. */
  readonly labels: readonly string[];
  /** What the labels are, where they do not say so themselves. */
  readonly labelTitle?: string;
  readonly valueTitle: string;
  /** Bars before lines, because the later one is drawn on top. */
  readonly series: readonly Series[];
  /** Bars that lie, for labels that are names; lines over days stand. */
  readonly horizontal?: boolean;
}

/**
 * Returns the chart as a fenced block. Mermaid takes no gaps: points that are unknown are left out by the caller.
 *
 * @throws InvariantError for no point, more than {@link CHART_POINTS_MAX}, a missing or non-finite value.
 */
export function xychart(chart: Chart): string {
  const { labels, series } = chart;
  const points = labels.length;
  assert(points > 0 && points <= CHART_POINTS_MAX, `a chart has 1 to ${CHART_POINTS_MAX} points`);
  const values = series.flatMap((each) => {
    assert(each.values.length === points, 'every series has a value for every label');
    return each.values;
  });
  assert(
    values.length > 0 && values.every((value) => Math.abs(value) < LARGEST),
    'a chart shows finite numbers only',
  );
  const [from, to] = rangeOf(values);
  return [
    '```mermaid',
    ...layout(points, chart.horizontal === true),
    chart.horizontal === true ? 'xychart-beta horizontal' : 'xychart-beta',
    `  title ${quoted(chart.title, TITLE_SHOWN_MAX)}`,
    `  x-axis ${axisTitle(chart)}[${distinct(labels)
      .map((label) => `"${label}"`)
      .join(', ')}]`,
    `  y-axis ${quoted(chart.valueTitle, TITLE_SHOWN_MAX)} ${decimal(from)} --> ${decimal(to)}`,
    ...series.map((each) => seriesLine(each, series.length > 1)),
    '```',
  ].join('\n');
}

function axisTitle({ labelTitle }: Chart): string {
  return labelTitle === undefined ? '' : `${quoted(labelTitle, TITLE_SHOWN_MAX)} `;
}

function seriesLine({ kind, name, values }: Series, named: boolean): string {
  const title = named ? `${quoted(name, LABEL_SHOWN_MAX)} ` : '';
  return `  ${kind} ${title}[${values.map(decimal).join(', ')}]`;
}

/** A width that a phone still shows, and the height that bars that lie need: 24 px each. */
function layout(points: number, horizontal: boolean): readonly string[] {
  return [
    '---',
    'config:',
    '  xyChart:',
    '    width: 700',
    `    height: ${horizontal ? 130 + 24 * points : 360}`,
    '    titleFontSize: 16',
    '    xAxis:',
    `      labelFontSize: ${horizontal || points <= 2 * WIDE_LABELS_MAX ? 13 : 10}`,
    '  themeVariables:',
    '    xyChart:',
    `      plotColorPalette: "${COLOURS}"`,
    '---',
  ];
}

/** The axis always shows zero, so that lengths of bars compare, and leaves a margin beyond the furthest value. */
function rangeOf(values: readonly number[]): readonly [from: number, to: number] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const margin = (high - low) * 0.05;
  if (margin === 0) return [0, 1];
  return [low < 0 ? low - margin : 0, high > 0 ? high + margin : 0];
}

/** Six significant digits without an exponent, which the grammar does not know. */
function decimal(value: number): string {
  const text = Number(value.toPrecision(6))
    .toFixed(6)
    .replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

function quoted(text: string, max: number): string {
  return `"${plain(text, max)}"`;
}

/**
 * Letters, digits and a few signs stay, among them the one where words were cut. Everything else could end the string or the fence,
 * start a comment, a directive or an entity, or be read as HTML.
 */
function plain(text: string, max: number): string {
  const kept = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\p{L}\p{N} ._…/()+,-]/gu, '_')
    .trim();
  return kept === '' ? '_' : cut(kept, max);
}

/** Labels that are equal would share one place on the axis. */
function distinct(labels: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return labels.map((label) => {
    const base = plain(label, LABEL_SHOWN_MAX);
    let name = base;
    for (let copy = 2; taken.has(name); copy += 1) name = `${base} (${copy})`;
    taken.add(name);
    return name;
  });
}
