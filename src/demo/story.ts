// The closing lines of the demo: what happened on which day, each as far as the run carries it.

import { roundTo } from '../domain/rounding.ts';
import { DAY_MS, msFromIso } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import { durationText } from '../supervision/duration-text.ts';
import { fixed, intervalText } from '../supervision/report-numbers.ts';
import { AGENTS, BREAKING_CLASS } from './agents.ts';
import { proposalOf, type SeenProposal } from './chronicle.ts';
import type { DemoDone } from './demo-done.ts';
import type { DemoAlert } from './supervision-summary.ts';

/** One line; `day` counts from 1, and is `null` where it is of all days. */
export interface StoryLine {
  readonly day: number | null;
  readonly text: string;
}

type ClassVerdict = Extract<Verdict, { kind: 'DISABLE' | 'REENABLE' }>;

/** Returns the ten lines that matter, in the order of what they tell. */
export function storyLines(done: DemoDone): readonly StoryLine[] {
  return [
    marketLine(done),
    breakLine(done),
    alertLine(done),
    disableLine(done),
    mergeLine(done),
    obeyLine(done),
    shadowLine(done),
    recoverLine(done),
    healthyLine(done),
    pinkLine(done),
  ];
}

/** Returns the lines as text, days in a column of their own. */
export function storyText(done: DemoDone): string {
  return storyLines(done)
    .map(({ day, text }) => `${day === null ? '        ' : `day ${String(day).padStart(3)} `} ${text}`)
    .join('\n');
}

function dayOfRun({ startMs }: DemoDone, ms: number): number {
  return Math.floor((ms - startMs) / DAY_MS) + 1;
}

/** A run of midnight judges the day before. */
function dayJudged(done: DemoDone, ms: number): number {
  return dayOfRun(done, ms) - 1;
}

function marketLine({ options, summary }: DemoDone): StoryLine {
  const { events, outcomes, models } = summary;
  const classes = new Set(AGENTS.map(({ strategyClass }) => strategyClass));
  const versions = models.reduce((sum, each) => sum + each.versions, 0);
  const used = models.reduce((sum, each) => sum + each.versions_used, 0);
  return {
    day: null,
    text:
      `${n(options.days)} days: ${AGENTS.length} agents of ${classes.size} classes and PINK sent ${n(events)} signals; ` +
      `${n(outcomes.reconciled)} results settled, ${n(versions)} models trained, of which ${n(used)} beat a forecast of zero.`,
  };
}

function breakLine(done: DemoDone): StoryLine {
  const { breakMs, summary } = done;
  if (breakMs === null)
    return { day: null, text: `Nothing broke: ${BREAKING_CLASS} breaks later than that. Take more --days.` };
  const day = dayOfRun(done, breakMs);
  const own = summary.agents.filter(({ strategy_class }) => strategy_class === BREAKING_CLASS);
  const drops = own.flatMap(({ agent, error_bps_before: before, error_bps_broken: broken }) =>
    before.mean === null || broken.mean === null ? [] : [`${agent} ${bps(before.mean - broken.mean)}`],
  );
  if (drops.length === 0)
    return { day, text: `${BREAKING_CLASS} breaks; too few results are settled to show it.` };
  return {
    day,
    text: `${BREAKING_CLASS} breaks: what it reads turns against it. Bps lost beyond the model at ${summary.horizon_hours} h, a signal: ${drops.join(', ')}.`,
  };
}

function alertLine(done: DemoDone): StoryLine {
  const first = done.supervision.alerts.find(isOfBreak);
  if (first === undefined)
    return { day: null, text: 'No divergence was seen: a break takes dozens of signals to show.' };
  const mail = done.mails.find(({ subject }) => subject.includes(first.agent));
  const told =
    mail === undefined
      ? 'no mail told of it'
      : `mail to ${count(mail.to.length, 'person', 'people')}: "${mail.subject}"`;
  return {
    day: dayOfRun(done, msFromIso(first.since)),
    text: `Divergence: ${first.agent}, ${first.trigger} at ${first.horizon_hours} h; ${told}.`,
  };
}

function isOfBreak({ strategy_class, days_after_break }: DemoAlert): boolean {
  return strategy_class === BREAKING_CLASS && days_after_break >= 0;
}

function disableLine(done: DemoDone): StoryLine {
  const pull = proposalOf(done.chronicle, 'disable');
  const verdict = done.verdicts.find((each): each is ClassVerdict => each.kind === 'DISABLE');
  if (pull === undefined || verdict === undefined)
    return { day: null, text: 'No class was proposed to be disabled.' };
  const { cell } = verdict.evidence;
  return {
    day: dayJudged(done, pull.openedMs),
    text:
      `Pull request #${pull.number} to disable ${pull.subject}: tail ${fixed(cell.cvar95_sigma, 1)} sigma ` +
      `(90 %: ${intervalText(cell.ci90_sigma, 1)}) beyond the limit of ${fixed(cell.threshold?.max_cvar_sigma ?? null, 1)}, ` +
      `${fixed(cell.n_eff_sigma, 0)} effective rows.`,
  };
}

function mergeLine(done: DemoDone): StoryLine {
  const pull = proposalOf(done.chronicle, 'disable');
  const merged = pull?.merged ?? null;
  if (pull === undefined || merged === null) return { day: null, text: 'Nothing was merged.' };
  return {
    day: dayJudged(done, merged.atMs),
    text: `Asked about (${answersText(pull)}), checked again (${pull.revalidated ?? 'no answer'}), and merged as ${merged.commit.slice(0, 7)}.`,
  };
}

function answersText({ answers }: SeenProposal): string {
  return answers.length === 1 ? '1 answer' : `${answers.length} answers`;
}

function obeyLine(done: DemoDone): StoryLine {
  const merged = proposalOf(done.chronicle, 'disable')?.merged ?? null;
  const ack =
    merged === null
      ? undefined
      : done.acks.find(({ applied, ts }) => applied === 'entries_blocked' && msFromIso(ts) >= merged.atMs);
  if (merged === null || ack === undefined) return { day: null, text: 'PINK was not told to stop anything.' };
  return {
    day: dayJudged(done, msFromIso(ack.ts)),
    text:
      `PINK obeys ${durationText(msFromIso(ack.ts) - merged.atMs)} after the merge: entries of ${ack.strategy_class} refused, ` +
      `${count(ack.open_orders_canceled, 'resting order')} canceled, ${count(ack.open_positions_left.length, 'position')} left to exit.`,
  };
}

function shadowLine({ pink }: DemoDone): StoryLine {
  const { entriesDenied } = pink;
  return {
    day: null,
    text:
      entriesDenied === 0
        ? 'No entry of PINK was refused by the kill list.'
        : `From then on ${count(entriesDenied, 'entry', 'entries')} that PINK decided ${entriesDenied === 1 ? 'was' : 'were'} refused, and count as shadow signals.`,
  };
}

function recoverLine(done: DemoDone): StoryLine {
  const pull = proposalOf(done.chronicle, 'enable');
  const verdict = done.verdicts.find(
    (each): each is ClassVerdict => each.kind === 'REENABLE' && each.evidence.reason === 'recovered',
  );
  if (pull === undefined || verdict === undefined)
    return { day: null, text: 'No class was proposed to be enabled again.' };
  const { cell, fresh_n_eff } = verdict.evidence;
  return {
    day: dayJudged(done, pull.openedMs),
    text:
      `Pull request #${pull.number} to enable ${pull.subject} again: in shadow its tail is ${fixed(cell.recent.cvar95_sigma, 1)} sigma, ` +
      `${fresh_n_eff === null ? 'an unknown number of' : fixed(fresh_n_eff, 0)} fresh effective rows. It is ${pull.state}.`,
  };
}

function healthyLine(done: DemoDone): StoryLine {
  const { supervision, chronicle, mails } = done;
  const healthy = supervision.agents.filter(({ strategy_class }) => strategy_class !== BREAKING_CLASS);
  const alerting = healthy.filter(({ alert_looks }) => alert_looks > 0).map(({ agent }) => agent);
  return {
    day: null,
    text:
      `Of ${healthy.length} agents that did not break, ${alerting.length === 0 ? 'none' : alerting.join(', ')} alerted in ${n(supervision.looks)} looks. ` +
      `GitHub: ${n(chronicle.requests)} requests, ${n(chronicle.writes)} of which wrote. Mails: ${mails.length}.`,
  };
}

function pinkLine({ pink }: DemoDone): StoryLine {
  const { tradesClosed, orders, wallet, residual, band } = pink;
  return {
    day: null,
    text: `PINK: ${count(tradesClosed, 'trade')} at the local exchange in ${n(orders)} orders, wallet ${cents(wallet)}, which PINK's own book explains but for ${cents(residual)} (${band}).`,
  };
}

function count(value: number, one: string, many = `${one}s`): string {
  return `${n(value)} ${value === 1 ? one : many}`;
}

function n(value: number): string {
  return value.toLocaleString('en-US');
}

function bps(value: number): string {
  return n(roundTo(value, 0));
}

/** Money of the kernel, exact text, as people write it. */
function cents(money: string): string {
  return Number(money).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
