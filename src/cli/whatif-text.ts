// The what-if for people: a line per stop under each kill list, and what the proposed one changes per class.

import { type Cell, tableText } from '../adapters/terminal/table.ts';
import type { WhatIf } from '../jobs/whatif.ts';
import type { ClassReplay, ListReplay, Stop, StopTotals } from '../supervision/whatif.ts';

const HEAD = [
  'class',
  'kill list',
  'disabled at',
  'until',
  'days',
  'regime',
  'CVaR',
  'limit',
  'unit',
  'worst CVaR',
  'gross bps',
  'net bps',
];

const NOTES = [
  'CVaR: at the breach; worst CVaR: while disabled. Gross and net: what was not taken, in bps over all rows:',
  'below 0 a loss that was saved, above 0 a profit that was forgone.',
  'Every class starts enabled and every proposal counts as merged at once; a status DISABLED in a kill list is passed over.',
];

/** Returns the tables of a what-if, or the sentence that says there is nothing to replay. */
export function whatIfText(found: WhatIf): string {
  const { classes, recorded_lines: recorded, from, to, horizon_hours: horizon } = found;
  if (classes.length === 0) {
    const span = `${from === null ? '' : `from ${minute(from)} `}to ${minute(to)}`;
    return recorded === 0
      ? 'no cells are recorded yet, so there is nothing to replay; supervise records them'
      : `none of the ${recorded} recorded lines are of horizon ${horizon} h ${span}; there is nothing to replay`;
  }
  const stops = tableText({ head: HEAD, rows: classes.flatMap(rowsOf) });
  return [stops, '', 'Proposed less current:', ...classes.map(differenceText), '', ...NOTES].join('\n');
}

function rowsOf({ strategy_class: name, current, proposed }: ClassReplay): Cell[][] {
  return [...listRows(name, 'current', current), ...listRows(name, 'proposed', proposed)];
}

function listRows(name: string, list: string, { stops }: ListReplay): Cell[][] {
  if (stops.length === 0) return [[name, list, 'never', '', '', '', '', '', '', '', '', '']];
  return stops.map((stop) => [name, list, ...stopCells(stop)]);
}

function stopCells(stop: Stop): Cell[] {
  return [
    minute(stop.disabled_from),
    stop.disabled_until === null ? 'still' : minute(stop.disabled_until),
    decimals(stop.days, 1),
    stop.regime,
    decimals(stop.cvar, 2),
    decimals(stop.limit, 2),
    stop.unit,
    decimals(stop.worst_cvar, 2),
    Math.round(stop.pnl_bps),
    Math.round(stop.net_pnl_bps),
  ];
}

function differenceText({
  strategy_class: name,
  looks,
  first_look,
  last_look,
  difference,
}: ClassReplay): string {
  const span = `${looks} ${looks === 1 ? 'look' : 'looks'} from ${minute(first_look)} to ${minute(last_look)}`;
  return `  ${name}: ${changeText(difference)} (${span})`;
}

/** What is not taken less makes the result better by as much. */
function changeText({ stops, days, net_pnl_bps: net }: StopTotals): string {
  if (stops === 0 && days === 0 && net === 0) return 'no change';
  const count = `${signed(stops)} ${Math.abs(stops) === 1 ? 'stop' : 'stops'}`;
  const result = Math.round(-net);
  const verdict = result > 0 ? 'better' : result < 0 ? 'worse' : 'the same';
  return `${count}, ${signed(decimals(days, 1))} days disabled, result ${verdict} by ${Math.abs(result).toLocaleString('en-US')} bps net`;
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}

/** `2021-03-01 10:00`, UTC as everywhere. */
function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function decimals(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
