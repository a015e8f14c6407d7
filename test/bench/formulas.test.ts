// docs/formulas.md shows what the formulas give: each of its tables is computed again, and the notes are what they were.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formulaTables } from '../../bench/formulas-tables.ts';
import { notesMultiplier, notesPnlBps, notesPromote, notesWeights } from '../../bench/notes-formulas.ts';

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');
const [page, detectors] = [read('formulas.md'), read('detectors.md')];

describe('docs/formulas.md', () => {
  it('shows the tables of `npx tsx bench/formulas.ts`, to the last digit', () => {
    const tables = formulaTables();

    expect(tables.length).toBeGreaterThan(8);
    expect(tables.filter((table) => !page.includes(table))).toEqual([]);
  });
});

/** Numbers in the cells of the table that follows `words`, but for its first column. */
function citedAfter(words: string): readonly string[] {
  const [, after = ''] = page.split(words);
  const rows = after
    .slice(after.indexOf('\n|'), after.search(/\n\n[^|]/))
    .split('\n')
    .slice(3);
  return rows.flatMap((row) => row.split(' | ').slice(1)).flatMap((cell) => cell.match(/\d+(\.\d+)?/g) ?? []);
}

describe('what docs/formulas.md takes from docs/detectors.md', () => {
  it.each(['The decision, in % of looks', 'From detectors.md, in %'])('stands there: %s', (words) => {
    const measured = new Set(detectors.match(/\d+(\.\d+)?/g));
    const cited = citedAfter(words);

    expect(cited.length).toBeGreaterThan(10);
    expect(cited.filter((number) => !measured.has(number))).toEqual([]);
  });
});

describe('the formulas of the notes', () => {
  it('pay a short for a fall and charge it for a rise, and take any other word for a short', () => {
    expect(notesPnlBps('LONG', 100, 110)).toBeCloseTo(1000);
    expect(notesPnlBps('SHORT', 100, 80)).toBeCloseTo(2500);
    expect(notesPnlBps('FLAT', 100, 80)).toBeCloseTo(2500);
  });

  it('fit a line with a bias that is not penalised', () => {
    const x = [0, 1, 2, 3];
    const weights = notesWeights(
      x.map((each) => [each]),
      x.map((each) => 7 + 2 * each),
      0,
    );

    expect(weights[0]).toBeCloseTo(2);
    expect(weights[1]).toBeCloseTo(7);
    const shrunk = notesWeights(
      x.map((each) => [each]),
      x.map((each) => 7 + 2 * each),
      5,
    );
    expect(shrunk[0]).toBeCloseTo(1);
    expect(shrunk[1]).toBeCloseTo(8.5);
  });

  it('keep a multiplier between its bounds, cost a loss more, and add the boost for ten good signals', () => {
    const signals = (absErrorBps: number, realizedBps: number, count: number) =>
      Array.from({ length: count }, () => ({ absErrorBps, realizedBps }));

    expect(notesMultiplier(1, signals(50, 1, 1))).toBe(0.96);
    expect(notesMultiplier(1, signals(50, -1, 1))).toBe(0.948);
    expect(notesMultiplier(1, signals(0, 1, 10))).toBe(1.02);
    expect(notesMultiplier(1, signals(0, 1, 9))).toBe(1);
    expect(notesMultiplier(1, signals(300, -1, 250))).toBe(0.5);
    expect(notesMultiplier(1.09, signals(0, 1, 10))).toBe(1.1);
  });

  it('promote for a sum above 150 bps, enough hits and small errors', () => {
    expect(notesPromote([50, 50, 51])).toBe(true);
    expect(notesPromote([50, 50, 50])).toBe(false);
    expect(notesPromote([70, 70, 70])).toBe(false);
    expect(
      notesPromote([...Array.from({ length: 5 }, () => 60), ...Array.from({ length: 5 }, () => -10)]),
    ).toBe(false);
  });
});
