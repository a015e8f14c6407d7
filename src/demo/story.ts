// The summary of the demo for people: tables, plain sentences on what they show, and what to type next.

import { tableText } from '../adapters/terminal/table.ts';
import { roundTo } from '../domain/rounding.ts';
import { DAY_MS, dayOf, isoFromMs } from '../domain/time.ts';
import { AGENTS, BREAKING_CLASS } from './agents.ts';
import type { DemoDone } from './demo.ts';
import { gitHubSentence, mergedPull } from './github-story.ts';
import type { AgentSummary, DemoSummary, Mean, ModelSummary } from './summary.ts';
import { supervisionSentences, supervisionTables } from './supervision-story.ts';

/** Of the class that breaks: the live one of the made-up agents. */
const BREAKER = 'trend-ema';

/** Where things lie, as the person would type it. */
export interface ShownPaths {
  readonly state: string;
  readonly candles: string;
  /** The demo's own settings: every agent and class of it is named there. */
  readonly config: string;
  /** Repositories and pages of the local GitHub. */
  readonly github: string;
}

/** Returns the whole text, without a newline at the end. */
export function storyText(done: DemoDone, paths: ShownPaths): string {
  const { summary } = done;
  return [
    `Agents: rows at all horizons, the rest at ${summary.horizon_hours} h in bps ` +
      '(error: realized - expected; ±: standard error)',
    agentTable(summary, dayOf(done.breakMs)),
    '',
    'Models, as last trained (RMSE in bps; R2 out of sample against a forecast of zero)',
    modelTable(summary),
    '',
    ...supervisionTables(done.supervision),
    '',
    ...sentences(done, paths).map(wrapped),
    '',
    'Try next:',
    ...nextCommands(done, paths).map(({ command, effect }) => `  ${command}\n      ${effect}`),
  ].join('\n');
}

export interface NextCommand {
  readonly command: string;
  /** What it will show, as a promise that can be checked. */
  readonly effect: string;
}

/** Returns the command lines to go on with on the demo's folder. */
export function nextCommands(done: DemoDone, paths: ShownPaths): NextCommand[] {
  const state = `--state ${quoted(paths.state)} --config ${quoted(paths.config)}`;
  const reconcileAt = (ms: number): string =>
    `npm run -s warden -- reconcile ${state} --prices ${quoted(paths.candles)} --now ${isoFromMs(ms)}`;
  const { pending } = done.summary.outcomes;
  return [
    {
      command: reconcileAt(done.lastRunMs),
      effect: 'the same instant again: nothing is due that was not done, and not a byte is written',
    },
    {
      command: reconcileAt(done.lastRunMs + DAY_MS),
      effect: `a day later: of ${n(pending)} open pairs, those that waited for their horizon become rows`,
    },
    {
      command: `npm run -s warden -- supervise ${state} --now ${isoFromMs(done.lastRunMs + DAY_MS)}`,
      effect: 'judges everybody again, with those rows',
    },
    {
      command: `npm run -s warden -- explain ${BREAKER} ${state} --now ${isoFromMs(done.lastRunMs + DAY_MS)}`,
      effect: 'every number about the agent that broke, from its rows up',
    },
    ...gitHubCommands(done, paths),
  ];
}

/** The repository stays where the demo made it, for whoever wants to look at it with git. */
function gitHubCommands({ onGitHub }: DemoDone, paths: ShownPaths): NextCommand[] {
  const pull = onGitHub.ok ? mergedPull(onGitHub.value) : undefined;
  if (!onGitHub.ok || pull === undefined) return [];
  const gitDir = quoted(`${paths.github}/${onGitHub.value.repository}.git`);
  return [
    {
      command: `git --git-dir ${gitDir} show --stat -p -m --first-parent main -- config`,
      effect: `the one change that merging pull request #${pull.number} made to the configuration`,
    },
  ];
}

function agentTable(summary: DemoSummary, breakDay: string): string {
  const rows = summary.agents.map((each) => [
    each.agent,
    each.strategy_class,
    each.signals,
    each.rows,
    ...meanCells(each.net_bps),
    each.hit_rate === null ? null : roundTo(each.hit_rate * 100, 1),
    ...meanCells(each.error_bps_before),
    ...meanCells(each.error_bps_broken),
  ]);
  const day = breakDay.slice(5);
  const head = [
    'agent',
    'class',
    'signals',
    'rows',
    'net',
    '±',
    'hit %',
    `error before ${day}`,
    '±',
    'broken',
    '±',
  ];
  return tableText({ head, rows });
}

function meanCells({ mean, se }: Mean): (number | null)[] {
  return [mean, se].map((value) => (value === null ? null : roundTo(value, 0)));
}

function modelTable(summary: DemoSummary): string {
  const digits = (value: number | null, count: number): number | null =>
    value === null ? null : roundTo(value, count);
  const rows = summary.models.map((each) => [
    `${each.horizon_hours} h`,
    each.n,
    digits(each.n_eff, 0),
    digits(each.rmse_bps_in_sample, 1),
    digits(each.rmse_bps_out_of_sample, 1),
    digits(each.r2_vs_zero, 4),
    digits(each.p_value, 4),
    each.versions,
    // The figures of the reason stand in the columns already, and where they are from in the title.
    each.reason.replace(/:.*| out of sample/g, ''),
  ]);
  const head = ['horizon', 'rows', 'effective', 'RMSE in', 'RMSE out', 'R2', 'p', 'versions', 'verdict'];
  return tableText({ head, rows });
}

function sentences(done: DemoDone, paths: ShownPaths): string[] {
  const { summary, startMs, lastRunMs, outage, breakMs } = done;
  const { outcomes } = summary;
  const dayNumber = (ms: number): number => Math.floor((ms - startMs) / DAY_MS) + 1;
  const breakDay = `day ${dayNumber(breakMs)} (${dayOf(breakMs)})`;
  const breaker = summary.agents.find((each) => each.agent === BREAKER);
  const hour = (ms: number): string => isoFromMs(ms).slice(11, 16);
  return [
    `What happened: from ${dayOf(startMs)} to ${dayOf(lastRunMs)}, in simulated time, ${AGENTS.length} made-up agents sent ` +
      `${n(summary.events)} signals on a made-up market; every night Warden reconciled them and judged the agents, and every week it trained. Of the pairs of a signal and a ` +
      `horizon ${n(outcomes.reconciled)} became rows and ${n(outcomes.pending)} wait; ${n(outcomes.flat)} signals were FLAT.`,
    breakMs >= lastRunMs
      ? `What broke: nothing yet. Perps are squeezed from ${breakDay} on; take more --days.`
      : `What broke: from ${breakDay} on, perps are squeezed, and what class ${BREAKING_CLASS} reads leads it against the market. ${breakSentence(breaker, summary.horizon_hours)}`,
    `What went wrong on the way: on day ${dayNumber(outage.fromMs)} (${dayOf(outage.fromMs)}) the ${outage.market} market had no bars from ` +
      `${hour(outage.fromMs)} to ${hour(outage.toMs)} UTC; ${n(outcomes.stale_price)} pairs that began or ended in it were given up ` +
      `as stale. On another day coin-flip sent ${n(outcomes.invalid_event)} broken lines, which were refused, and a coin that ` +
      `does not exist: ${n(outcomes.no_price)} pairs were given up without a price.`,
    `What was learned: ${modelSentence(summary)}`,
    ...supervisionSentences(done.supervision),
    gitHubSentence(done.onGitHub, paths.github),
    `Where to look: in ${paths.state}, the report for people is supervisor/meta_report.md, decisions are ` +
      `supervisor/verdicts.jsonl, rows alpha/reconciled/<month>/<day>.jsonl, models alpha/models/, what was refused ` +
      `alpha/rejects/. Prices are ${paths.candles}/*.csv, settings ${paths.config}/*.yaml.`,
  ];
}

/** The claim is made only as far as the numbers carry it. */
function breakSentence(breaker: AgentSummary | undefined, horizonHours: number): string {
  const before = breaker?.error_bps_before;
  const after = breaker?.error_bps_broken;
  if (before?.mean == null || after?.mean == null || before.se === null || after.se === null) {
    return `Too few of its ${horizonHours} h rows are settled to show it; take more --days.`;
  }
  const drop = before.mean - after.mean;
  const dropSe = Math.hypot(before.se, after.se);
  const numbers =
    `Its ${horizonHours} h signals ended ${signed(before.mean)} ± ${bps(before.se)} bps from what was expected before ` +
    `(${n(before.n)} rows), and ${signed(after.mean)} ± ${bps(after.se)} bps since (${n(after.n)} rows)`;
  return drop > 2 * dropSe
    ? `${numbers}: a drop of ${bps(drop)} bps, ${(drop / dropSe).toFixed(1)} standard errors.`
    : `${numbers}: a difference that chance alone could make in so few rows; take more --days.`;
}

function modelSentence({ models }: DemoSummary): string {
  const hours = (those: readonly ModelSummary[]): string =>
    those.map((each) => `${each.horizon_hours} h`).join(', ');
  const used = models.filter((each) => each.used);
  const lapsed = models.filter((each) => !each.used && each.versions_used > 0);
  const never = models.filter((each) => !each.used && each.versions_used === 0);
  const counts = lapsed.map((each) => `${each.horizon_hours} h (${each.versions_used} of ${each.versions})`);
  const parts = [
    used.length === 0
      ? ''
      : `at ${hours(used)} the model beats a forecast of zero out of sample and is used for what is expected`,
    lapsed.length === 0
      ? ''
      : `at ${counts.join(', ')} some versions beat a forecast of zero and the last one does not: agents share ` +
        'a model, and what one of them loses is evidence too',
    never.length === 0
      ? ''
      : `at ${hours(never)} no version beat that forecast (yet), so nothing but noise is expected there`,
  ];
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

function n(value: number): string {
  return value.toLocaleString('en-US');
}

function bps(value: number): string {
  return roundTo(value, 0).toLocaleString('en-US');
}

function signed(value: number): string {
  return value > 0 ? `+${bps(value)}` : bps(value);
}

/** Breaks a sentence at blanks, where a terminal would break it inside a word. */
function wrapped(sentence: string): string {
  const lines = sentence.match(/.{1,98}(?:\s|$)|\S+/g) ?? [];
  return lines.map((line) => line.trim()).join('\n  ');
}

/** A path as one word of a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
