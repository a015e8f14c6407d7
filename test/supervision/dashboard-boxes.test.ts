// The boxes of the dashboard: a tick is read from a line that Warden wrote, and from nothing that only looks like one.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markerLine } from '../../src/domain/marker.ts';
import { boxLine, type DashboardBox, tickedBoxes } from '../../src/supervision/dashboard-boxes.ts';
import { HOSTILE_NAMES } from './report-world.ts';

const MARKER = markerLine('dashboard', { v: 1 });
const RERUN: DashboardBox = { kind: 'rerun' };
const MACRO: DashboardBox = { kind: 'disable', strategyClass: 'macro' };

function ticked(line: string): string {
  return line.replace('- [ ]', '- [x]');
}

describe('a ticked box', () => {
  it('is what it was rendered for', () => {
    const body = [MARKER, '', ticked(boxLine(RERUN)), boxLine(MACRO)].join('\n');

    expect(tickedBoxes(body)).toEqual([RERUN]);
    expect(tickedBoxes(body.replaceAll('[ ]', '[X]'))).toEqual([RERUN, MACRO]);
  });

  it('is found with the line ends that GitHub returns, and counted once', () => {
    const body = [MARKER, '', ticked(boxLine(MACRO)), ticked(boxLine(MACRO))].join('\r\n');

    expect(tickedBoxes(body)).toEqual([MACRO]);
  });

  it('is found whatever its class is called', () => {
    const names = [...HOSTILE_NAMES.map((name) => name.replaceAll('\n', ' ')), '- [x] ', '-->'];
    for (const strategyClass of [...names, '<!-- warden:box {"kind":"rerun","v":1} -->']) {
      const box: DashboardBox = { kind: 'disable', strategyClass };

      expect(tickedBoxes([MARKER, boxLine(box)].join('\n'))).toEqual([]);
      expect(tickedBoxes([MARKER, ticked(boxLine(box))].join('\n'))).toEqual([box]);
    }
  });

  it.each([
    ['outside of a dashboard', ticked(boxLine(RERUN))],
    ['behind a marker of another kind', [markerLine('answer', { v: 1 }), ticked(boxLine(RERUN))].join('\n')],
    ['with other words', [MARKER, ticked(boxLine(MACRO)).replace('Propose to', 'Never')].join('\n')],
    [
      'with the name of another class',
      [MARKER, ticked(boxLine(MACRO)).replace('`macro`', '`pairs`')].join('\n'),
    ],
    [
      'of a kind that does not exist',
      [MARKER, `- [x] Do it ${markerLine('box', { v: 1, kind: 'merge' })}`].join('\n'),
    ],
    ['without a marker', [MARKER, '- [x] Propose to disable `macro`'].join('\n')],
    ['that is indented', [MARKER, `  ${ticked(boxLine(RERUN))}`].join('\n')],
  ])('does not count %s', (_case, body) => {
    expect(tickedBoxes(body)).toEqual([]);
  });

  it('never comes of any text, and reading never throws', () => {
    const part = fc.constantFrom(
      '- [x] ',
      '<!-- warden:box ',
      '{"kind":"rerun","v":1}',
      ' -->',
      '\n',
      'Look again now ',
      '`macro`',
      'x',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const body = `${MARKER}\n${parts.join('')}`;
        const isRendered = body.split('\n').some((line) => line.trimEnd() === ticked(boxLine(RERUN)));
        expect(tickedBoxes(body)).toEqual(isRendered ? [RERUN] : []);
      }),
    );
  });
});
