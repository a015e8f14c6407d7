// Tables: aligned, without borders or colours, and safe against what agents call themselves.

import { describe, expect, it } from 'vitest';
import { tableText } from '../../../src/adapters/terminal/table.ts';

describe('tableText', () => {
  it('aligns columns, numbers to the right', () => {
    const text = tableText({
      head: ['agent', 'rows', 'mean bps'],
      rows: [
        ['trend-ema', 20_097, -3.25],
        ['pairs', 7, 12],
      ],
    });

    expect(text).toBe(
      ['agent        rows  mean bps', 'trend-ema  20,097     -3.25', 'pairs           7        12'].join(
        '\n',
      ),
    );
  });

  it('shows unknown as a dash and never as zero', () => {
    const text = tableText({
      rows: [
        ['sigma', null],
        ['n', 0],
      ],
    });

    expect(text).toBe('sigma  –\nn      0');
  });

  it('fills rows that are shorter than the head', () => {
    const text = tableText({ head: ['a', 'b'], rows: [['x'], ['y', 'z']] });

    expect(text).toBe('a  b\nx\ny  z');
  });

  it('keeps one row on one line and shows control characters', () => {
    const text = tableText({ rows: [['evil\n\u001b[2Jname', 1]] });

    expect(text).toBe('evil \ufffd[2Jname  1');
  });

  it('has only its head where there are no rows', () => {
    expect(tableText({ head: ['code', 'lines'], rows: [] })).toBe('code  lines');
  });
});
