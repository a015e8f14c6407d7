// The explanation of an agent for people: the multiplier with its formula, divergence, gates, and its share of capital.

import { printable } from '../adapters/terminal/log.ts';
import { type Cell, tableText } from '../adapters/terminal/table.ts';
import type { AgentExplanation, SignalWindow } from '../supervision/explain-agent.ts';
import { brief, fixed, minuteText, UNKNOWN } from '../supervision/report-numbers.ts';
import { section, verdictsText } from './explain-text.ts';
import { TRIGGER_COLUMNS } from './supervise-text.ts';

const ID_CHARS = 12;
const SIGNALS_SHOWN_MAX = 20;

/** Returns the explanation of an agent. */
export function agentText(subject: AgentExplanation): string {
  const { name, strategy_class, stage, as_of, horizon_hours: horizon, config_hash: hash } = subject;
  const until = as_of === null ? 'no rows yet' : `rows up to ${minuteText(as_of)} UTC`;
  return [
    `agent ${name} (${stage}) of class ${strategy_class}, ${until}\njudged at ${horizon} h under settings ${hash.slice(0, ID_CHARS)}`,
    confidenceText(subject),
    divergenceText(subject),
    ...subject.alert_windows.map(windowText),
    gatesText(subject),
    allocationText(subject),
    verdictsText(subject.verdicts),
  ]
    .map(printable)
    .join('\n\n');
}

function confidenceText({ confidence }: AgentExplanation): string {
  const { n, n_eff, n_excluded, P, W, shrink, neutral, full, boost, target, multiplier, mode } = confidence;
  const rows: Cell[][] = [
    ['signals', `${n}, n_eff ${fixed(n_eff, 1)}, ${n_excluded} left out; errors in ${mode}`],
    ['mean penalty P', `${brief(P)}, neutral at ${brief(neutral)}`],
    ['full', P === null ? UNKNOWN : `${brief(full)} ${fullFormula(P <= neutral)}`],
    ['evidence', `W ${brief(W)} gives shrink ${brief(shrink)}`],
    ['target', `1 + ${brief(shrink)} × (${brief(full)} + ${brief(boost)} − 1) = ${brief(target)}`],
    ['multiplier', `${multiplier} (follows the target by at most penalty_cap per signal)`],
  ];
  return `confidence:\n${tableText({ rows })}`;
}

function fullFormula(isGood: boolean): string {
  return isGood
    ? '= 1 + (ceil − 1) × (1 − P / neutral)'
    : '= 1 − (1 − floor) × (P − neutral) / (1 − neutral)';
}

function divergenceText({ divergence }: AgentExplanation): string {
  if (divergence.length === 0) return 'divergence: no signal was looked at yet';
  const head = [...TRIGGER_COLUMNS, 'window', 'unusable', 'error bps'];
  const rows = divergence.map((alert): Cell[] => [
    `${alert.horizon_hours} h`,
    alert.trigger,
    alert.state,
    minuteText(alert.since),
    brief(alert.statistic),
    brief(alert.limit),
    alert.window,
    alert.n_unusable,
    fixed(alert.mean_error_bps, 1),
  ]);
  return `divergence:\n${tableText({ head, rows })}`;
}

function windowText({ horizon_hours: horizon, signals }: SignalWindow): string {
  const shown = signals.slice(-SIGNALS_SHOWN_MAX);
  const rows = shown.map((each): Cell[] => [
    each.event_id.slice(0, ID_CHARS),
    minuteText(each.exit_at),
    fixed(each.z, 2),
  ]);
  const count = `the newest ${shown.length} of ${signals.length}, all in --json`;
  return `signals behind the alert at ${horizon} h (${count}):\n${tableText({ head: ['event', 'exit', 'z'], rows })}`;
}

function gatesText({ promotion, stage }: AgentExplanation): string {
  const head = ['gate', 'value', '', 'limit', 'passes', 'decides'];
  const rows = Object.entries(promotion.gates).map(([gate, each]): Cell[] => [
    gate,
    brief(each.value),
    each.comparison,
    brief(each.limit),
    each.pass ? 'yes' : 'no',
    each.decides ? 'yes' : 'shown',
  ]);
  const verdict = promotion.eligible ? 'every gate that decides passes' : 'not eligible';
  const table = `promotion (${stage}, ${verdict}):\n${tableText({ head, rows })}`;
  const notes = new Map<string, string[]>();
  for (const [gate, { note }] of Object.entries(promotion.gates))
    if (note !== null) notes.set(note, [...(notes.get(note) ?? []), gate]);
  if (notes.size === 0) return table;
  return `${table}\n${section(
    'notes',
    [...notes].map(([note, gates]) => `${gates.join(', ')}: ${note}`),
  )}`;
}

function allocationText({ allocation }: AgentExplanation): string {
  const { base, multiplier, divergence_factor: factor, max_weight: cap } = allocation;
  const { wanted, wanted_by_all: all, scale, status, weight } = allocation;
  const wantedLine =
    status === 'ENABLED'
      ? `min(${cap}, ${base} × ${multiplier} × ${factor}) = ${brief(wanted)}`
      : `0, since it is ${status} (base ${base} × confidence ${multiplier} × divergence ${factor}, at most ${cap})`;
  const rows: Cell[][] = [
    ['wanted', wantedLine],
    ['scale', `${brief(scale)}: all agents want ${brief(all)}, and more than 1 is scaled down`],
    ['weight', String(weight)],
  ];
  return `allocation (${status}):\n${tableText({ rows })}`;
}
