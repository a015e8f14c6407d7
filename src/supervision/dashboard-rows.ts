// The rows of the dashboard: every strategy class with its state, limit, proposal, kernel and next action, and every agent.

import type { CvarCell } from '../domain/cvar.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { KernelAck, KernelSummary } from '../domain/kernel-records.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport, StrategyReport } from '../domain/supervisor.ts';
import { type ProposalState, type ProposalsNow, proposalState } from './dashboard-proposals.ts';
import { isClassVerdict } from './episodes.ts';
import { limitRatio } from './limit-ratio.ts';
import { mdCode, mdLink, mdName } from './markdown.ts';
import { divergenceWords } from './proposal-facts.ts';
import { sortedEntries } from './report-attention.ts';
import { countText, dayText, fixed, minuteText, nEffText, UNKNOWN } from './report-numbers.ts';

/** What the rows are written from. */
export interface RowFacts extends ProposalsNow {
  readonly report: MetaReport | null;
  readonly settings: Settings;
  /** Oldest first; `null`: unknown. */
  readonly acks: readonly KernelAck[] | null;
  /** Of a heartbeat that is valid; else `null`. */
  readonly summary: KernelSummary | null;
}

interface ClassRow {
  readonly name: string;
  readonly isDisabled: boolean;
  readonly proposal: ProposalState;
  readonly urgency: number;
  readonly cells: readonly string[];
}

export const CLASS_HEAD = [
  'class',
  'next action',
  'kill list',
  'judged',
  'regime',
  'CVaR 95 of limit',
  'n_eff',
  'divergence',
  'proposal',
  'kernel',
] as const;

/** Returns every class that the report, the kill list or a verdict knows, those that need a person first, then by name. */
export function classRows(facts: RowFacts): readonly ClassRow[] {
  const { report, settings, openVerdicts } = facts;
  const names = new Set([
    ...Object.keys(report?.strategies ?? {}),
    ...Object.keys(settings.kill_list),
    ...openVerdicts.filter(isClassVerdict).map(({ subject }) => subject),
  ]);
  return [...names]
    .sort()
    .map((name) => classRow(name, facts))
    .sort((a, b) => a.urgency - b.urgency);
}

function classRow(name: string, facts: RowFacts): ClassRow {
  const strategy = facts.report === null ? undefined : entryOf(facts.report.strategies, name);
  const entry = entryOf(facts.settings.kill_list, name);
  const isDisabled = entry?.status === 'DISABLED';
  const regime = strategy?.current_regime ?? null;
  const cell = strategy === undefined || regime === null ? undefined : entryOf(strategy.cells, regime);
  const proposal = proposalState(name, ['disable', 'enable'], facts);
  const kernel = kernelState(name, isDisabled, facts);
  const next = nextAction({ strategy, cell, isDisabled, proposal, kernel }, facts);
  return {
    name,
    isDisabled,
    proposal,
    urgency: next.urgency,
    cells: [
      mdName(name),
      next.words,
      isDisabled ? `**DISABLED** ${dayText(entry.since)}` : 'ENABLED',
      statusWords(strategy),
      regime === null ? UNKNOWN : mdName(regime),
      limitWords(cell),
      cell === undefined ? UNKNOWN : nEffText(cell.n_eff),
      divergenceCount(strategy, facts.report),
      proposal.words,
      kernel.words,
    ],
  };
}

const STATUS_URGENCY = ['KILL', 'WATCH', 'OK', 'NO_LIMIT', 'INSUFFICIENT'] as const;

/** The status of the current regime, and of the worst other one where that is worse. */
function statusWords(strategy: StrategyReport | undefined): string {
  if (strategy === undefined) return UNKNOWN;
  const [worst] = [...Object.values(strategy.cells)].sort(
    (a, b) =>
      STATUS_URGENCY.indexOf(a.status) - STATUS_URGENCY.indexOf(b.status) ||
      Number(b.is_current) - Number(a.is_current),
  );
  if (worst === undefined) return 'no rows';
  const status = worst.status === 'KILL' ? '**KILL**' : worst.status;
  return worst.is_current ? status : `${status}, other regime`;
}

function limitWords(cell: CvarCell | undefined): string {
  const ratio = cell === undefined ? null : limitRatio(cell);
  return ratio === null ? UNKNOWN : ratio.words;
}

function divergenceCount(strategy: StrategyReport | undefined, report: MetaReport | null): string {
  if (strategy === undefined || report === null) return UNKNOWN;
  const states = strategy.agents.map((name) => {
    const triggers = entryOf(report.agents, name)?.divergence ?? [];
    if (triggers.some(({ state }) => state === 'ALERT')) return 'ALERT';
    return triggers.some(({ state }) => state === 'WARN') ? 'WARN' : 'OK';
  });
  const count = (wanted: string): number => states.filter((state) => state === wanted).length;
  const parts = [
    ...(count('ALERT') > 0 ? [`**${countText(count('ALERT'))} ALERT**`] : []),
    ...(count('WARN') > 0 ? [`${countText(count('WARN'))} WARN`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return states.length === 0 ? UNKNOWN : `none of ${countText(states.length)}`;
}

interface KernelState {
  readonly words: string;
  /** `null`: nothing is known. */
  readonly isApplied: boolean | null;
}

/** What the kernel does with entries of a class: by its heartbeat where that is valid, else by what it acknowledged last. */
function kernelState(name: string, isDisabled: boolean, { acks, summary }: RowFacts): KernelState {
  const wanted = isDisabled ? 'entries_blocked' : 'entries_allowed';
  const beat = summary === null ? undefined : entryOf(summary.strategies, name);
  if (beat !== undefined) return kernelWords(beat.permission === wanted, beat.permission, 'heartbeat');
  const ack = acks?.findLast(({ strategy_class: ofClass }) => ofClass === name);
  if (ack === undefined) return { words: UNKNOWN, isApplied: null };
  return kernelWords(ack.applied === wanted, ack.applied, `${mdCode(ack.runner_id)} ${minuteText(ack.ts)}`);
}

function kernelWords(isApplied: boolean, permission: string, source: string): KernelState {
  const does = permission === 'entries_blocked' ? 'refuses entries' : 'takes entries';
  return { words: `${isApplied ? '' : '**not as the kill list says:** '}${does} (${source})`, isApplied };
}

interface ClassState {
  readonly strategy: StrategyReport | undefined;
  readonly cell: CvarCell | undefined;
  readonly isDisabled: boolean;
  readonly proposal: ProposalState;
  readonly kernel: KernelState;
}

interface NextAction {
  readonly words: string;
  /** 0 first. */
  readonly urgency: number;
}

function nextAction(state: ClassState, { settings }: RowFacts): NextAction {
  const { strategy, cell, isDisabled, proposal, kernel } = state;
  const { pull } = proposal;
  if (proposal.kind === 'open' && pull !== null) {
    return { words: `**review ${mdLink(`#${pull.pull.number}`, pull.pull.url)}**`, urgency: 0 };
  }
  if (kernel.isApplied === false) return { words: '**check the runner**', urgency: 1 };
  switch (proposal.kind) {
    case 'waiting':
      return settings.warden.github.pull_requests
        ? { words: 'a pull request follows', urgency: 2 }
        : { words: '**follow it by hand, in the kill list**', urgency: 0 };
    case 'snoozed':
      return { words: 'none until the snooze ends', urgency: 3 };
    case 'kept':
    case 'vetoed':
      return { words: 'none in this episode', urgency: 3 };
    case 'merged':
      return { words: '**merged, and taken back since: decide by hand**', urgency: 1 };
    case 'closed':
      // Warden or another program closed it, and it is called for.
      return { words: 'its pull request is opened again', urgency: 2 };
  }
  if (isDisabled) return { words: 'wait for recovery', urgency: 4 };
  if (strategy === undefined || cell === undefined) return { words: 'wait for rows', urgency: 7 };
  switch (cell.status) {
    case 'KILL':
      // The supervisor said its word after this figure: the rows are those of an earlier stop, or the list has changed since.
      return { words: 'watch: no stop is called for now', urgency: 5 };
    case 'WATCH':
      return { words: 'watch', urgency: 5 };
    case 'NO_LIMIT':
      return { words: 'set a limit', urgency: 6 };
    case 'INSUFFICIENT':
      return {
        words: `wait for ${nEffText(settings.warden.cvar.min_n_eff)} effective rows in ${countText(settings.warden.cvar.min_blocks)} spans`,
        urgency: 7,
      };
    case 'OK':
      return { words: 'none', urgency: 8 };
  }
}

export const AGENT_HEAD = [
  'agent',
  'class',
  'stage',
  'weight',
  'multiplier',
  'divergence',
  'gates',
  'proposal',
] as const;

/** Returns every agent that the report or the registry knows, by name, those with a proposal first. */
export function agentRows(facts: RowFacts): readonly (readonly string[])[] {
  const { report, settings } = facts;
  const names = new Set([...Object.keys(report?.agents ?? {}), ...Object.keys(settings.agents)]);
  return [...names]
    .sort()
    .map((name) => ({ name, proposal: proposalState(name, ['promote', 'demote'], facts) }))
    .sort((a, b) => Number(a.proposal.kind === 'none') - Number(b.proposal.kind === 'none'))
    .map(({ name, proposal }) => agentRow(name, proposal, facts));
}

function agentRow(name: string, proposal: ProposalState, { report, settings }: RowFacts): readonly string[] {
  const agent = report === null ? undefined : entryOf(report.agents, name);
  const registered = entryOf(settings.agents, name);
  const strategyClass = registered?.strategy_class ?? agent?.strategy_class;
  return [
    mdName(name),
    strategyClass === undefined ? UNKNOWN : mdName(strategyClass),
    registered?.stage ?? agent?.promotion.stage ?? UNKNOWN,
    fixed(agent?.allocation.weight ?? null, 3),
    fixed(agent?.multiplier ?? null, 3),
    agent === undefined ? UNKNOWN : divergenceWords(agent),
    agent === undefined ? UNKNOWN : gatesWords(agent.promotion.gates),
    proposal.words,
  ];
}

function gatesWords(gates: Parameters<typeof sortedEntries<{ pass: boolean; decides: boolean }>>[0]): string {
  const deciding = sortedEntries(gates).filter(([, { decides }]) => decides);
  return `${countText(deciding.filter(([, { pass }]) => pass).length)} of ${countText(deciding.length)}`;
}
