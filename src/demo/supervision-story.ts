// What the supervisor found in the demo, in words and tables: the alerts of the class that broke, those of the others, and
// what was proposed.

import { type Cell, tableText } from '../adapters/terminal/table.ts';
import { roundTo } from '../domain/rounding.ts';
import { fixed, minuteText } from '../supervision/report-numbers.ts';
import { BREAKING_CLASS } from './agents.ts';
import type { DemoAlert, SupervisionSummary } from './supervision-summary.ts';

const VERDICTS_SHOWN_MAX = 6;

/** Returns the tables, each with its title, as lines. */
export function supervisionTables(summary: SupervisionSummary): string[] {
  const { looks, agents, alerts } = summary;
  const standings = agents.map((each): Cell[] => [
    each.agent,
    each.strategy_class,
    each.stage,
    each.base_weight,
    roundTo(each.multiplier, 3),
    each.divergence_factor,
    roundTo(each.weight, 3),
    each.alert_looks,
    each.notes_looks,
  ]);
  const begun = alerts.map((each): Cell[] => [
    each.agent,
    `${each.horizon_hours} h`,
    each.trigger,
    minuteText(each.since),
    each.days_after_break,
    each.ended === null ? 'open' : minuteText(each.ended),
  ]);
  return [
    `Supervisor as of its last look, and looks with an alert of ${looks} (by the thresholds of the notes: notes)`,
    tableText({ head: STANDING_HEAD, rows: standings }),
    '',
    begun.length === 0 ? 'Alerts: none' : 'Alerts, by the signal with which each began',
    ...(begun.length === 0 ? [] : [tableText({ head: ALERT_HEAD, rows: begun })]),
  ];
}

const STANDING_HEAD = [
  'agent',
  'class',
  'stage',
  'base',
  'multiplier',
  'divergence',
  'weight',
  'alert looks',
  'notes',
];

const ALERT_HEAD = ['agent', 'horizon', 'trigger', 'since', 'days after the break', 'ended'];

/** Returns sentences; the claims go as far as the diary carries them. */
export function supervisionSentences(summary: SupervisionSummary): string[] {
  return [
    `What the supervisor found: ${breakSentence(summary)} ${othersSentence(summary)}`,
    `What was proposed: ${verdictsSentence(summary)}`,
    `What plain thresholds would have done: ${notesSentence(summary)}`,
  ];
}

function isOfBreak({ strategy_class, days_after_break }: DemoAlert): boolean {
  return strategy_class === BREAKING_CLASS && days_after_break >= 0;
}

function breakSentence({ alerts, agents }: SupervisionSummary): string {
  const first = alerts.find(isOfBreak);
  if (first === undefined) {
    return `no alert in class ${BREAKING_CLASS} since a break: it shows only after dozens of signals; take more --days.`;
  }
  const alert =
    `${first.agent} first alerted ${minuteText(first.since)} (${first.trigger} at ${first.horizon_hours} h), ` +
    `${fixed(first.days_after_break, 1)} days after its class broke`;
  const standing = agents.find(({ agent }) => agent === first.agent);
  if (standing === undefined) return `${alert}.`;
  const { multiplier, weight, base_weight, divergence_factor } = standing;
  return (
    `${alert}; as of the last look its weight is ${fixed(weight, 3)} of ${fixed(base_weight, 3)} ` +
    `(multiplier ${fixed(multiplier, 3)}, divergence factor ${fixed(divergence_factor, 2)}).`
  );
}

function othersSentence({ alerts, looks }: SupervisionSummary): string {
  const others = alerts.filter((alert) => !isOfBreak(alert));
  if (others.length === 0) return `Of what did not break nothing alerted in ${looks} looks.`;
  const named = others.map(
    (each) => `${each.agent} (${each.trigger} at ${each.horizon_hours} h, ${minuteText(each.since)})`,
  );
  return `False alerts: ${named.join(', ')}.`;
}

function verdictsSentence({ verdicts }: SupervisionSummary): string {
  if (verdicts.length === 0) return 'nothing.';
  const shown = verdicts
    .slice(0, VERDICTS_SHOWN_MAX)
    .map(({ kind, subject, ts }) => `${kind} ${subject} (${minuteText(ts)})`);
  const more = verdicts.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function notesSentence({ agents, looks }: SupervisionSummary): string {
  const healthy = agents.filter(({ strategy_class }) => strategy_class !== BREAKING_CLASS);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const possible = healthy.length * looks;
  const theirs = sum(healthy.map(({ notes_looks }) => notes_looks));
  const ours = sum(healthy.map(({ alert_looks }) => alert_looks));
  const isConstant = theirs > possible / 2;
  return (
    `those of the notes alert on agents that never broke at ${fixed(theirs, 0)} of ${fixed(possible, 0)} looks ` +
    `(Warden: ${fixed(ours, 0)})${isConstant ? ', so that an alert of theirs says nothing' : ''}.`
  );
}
