// What a mail says, before it is text or HTML: subject, what happened, the figures, what follows, and the charts.

import type { MetaReport } from '../domain/supervisor.ts';
import { type MailChart, mailCharts } from './mail-charts.ts';
import { instantText, type MailSection, sectionOf } from './mail-sections.ts';
import type { AlertMail, DisableMail, MailItem, OwedMail } from './outbox.ts';
import { cut, oneLine, shellWord } from './outside-text.ts';

/** All texts are on one line and may hold any character but controls: HTML has to escape them. */
export interface MailContent {
  readonly subject: string;
  /** What happened, one or two sentences. */
  readonly lead: string;
  readonly sections: readonly MailSection[];
  /** Items without a section of their own: a mail ends somewhere. */
  readonly leftOut: number;
  readonly charts: readonly MailChart[];
  /** What Warden does without being asked. */
  readonly doesItself: string;
  readonly next: string;
  /** Command lines that can be copied. */
  readonly commands: readonly string[];
  readonly asOf: string;
}

const SECTIONS_MAX = 20;
const COMMANDS_MAX = 5;
const NAME_CHARS_MAX = 60;

/**
 * Returns what the mail about `owed` says.
 *
 * @param report of the newest supervise run, for weights and charts; `null` leaves them out.
 */
export function mailContent(owed: OwedMail, report: MetaReport | null): MailContent {
  const items = owed.items.toSorted(inUrgency);
  const names = [...new Set(items.map(nameOf))];
  return {
    subject: subjectOf(owed.subjectKind, items),
    ...wordsOf(items),
    sections: items.slice(0, SECTIONS_MAX).map((item) => sectionOf(item, report)),
    leftOut: Math.max(0, items.length - SECTIONS_MAX),
    charts: report === null ? [] : mailCharts(items, report),
    commands: names.slice(0, COMMANDS_MAX).map((name) => `warden explain ${shellWord(name)}`),
    asOf: instantText(items.map(instantOf).reduce((a, b) => (a > b ? a : b), report?.generated_at ?? '')),
  };
}

/** Open before over, severe before mild, then by name. */
function inUrgency(a: MailItem, b: MailItem): number {
  const [one, other] = [rankOf(a), rankOf(b)];
  return one === other ? 0 : one < other ? -1 : 1;
}

function rankOf(item: MailItem): string {
  if (item.kind === 'disable') return item.verdict.subject;
  const { severity, agent, horizon_hours: hours, trigger } = item.alert;
  const urgency = item.kind === 'resolved' ? 3 : ['high', 'medium', 'none'].indexOf(severity);
  return JSON.stringify([urgency, agent, String(hours).padStart(6), trigger]);
}

function nameOf(item: MailItem): string {
  return item.kind === 'disable' ? item.verdict.subject : item.alert.agent;
}

function instantOf(item: MailItem): string {
  return item.kind === 'disable' ? item.verdict.ts : item.alert.ts;
}

function subjectOf(kind: OwedMail['subjectKind'], items: readonly MailItem[]): string {
  const places = [...new Set(items.map(placeOf))];
  const more = places.length > 1 ? ` and ${places.length - 1} more` : '';
  return `${kind}: ${places[0] ?? ''}${more}`;
}

function placeOf(item: MailItem): string {
  const name = cut(nameOf(item), NAME_CHARS_MAX);
  if (item.kind === 'disable') return name;
  return `${name} (${item.alert.horizon_hours} h)${item.kind === 'resolved' ? ' resolved' : ''}`;
}

type Words = Pick<MailContent, 'lead' | 'doesItself' | 'next'>;

function wordsOf(items: readonly MailItem[]): Words {
  const disables = items.filter((item): item is DisableMail => item.kind === 'disable');
  if (disables.length > 0) return wordsOfDisables(disables);
  return wordsOfAlerts(items.filter((item): item is AlertMail => item.kind !== 'disable'));
}

function wordsOfDisables(items: readonly DisableMail[]): Words {
  const [first] = items;
  const isOne = items.length === 1 && first !== undefined;
  return {
    lead: isOne
      ? leadOfDisable(first)
      : `The tail losses of ${items.length} strategy classes are beyond their limits, so Warden proposes to disable them.`,
    doesItself:
      'Warden proposes and a person decides: it changes no configuration by itself, and until the class is ' +
      'disabled its agents keep their weights.',
    next:
      'Look at the evidence, then set the class to DISABLED in config/kill-list.yaml, by merging the pull request ' +
      'that proposes it where one is open. Closing that pull request keeps the class.',
  };
}

function leadOfDisable({ verdict, worseThan }: DisableMail): string {
  const losses =
    `The tail losses of the strategy class ${oneLine(verdict.subject)} in the regime ` +
    `${oneLine(verdict.evidence.regime)}`;
  return worseThan === null
    ? `${losses} are beyond their limit, so Warden proposes to disable the class.`
    : `${losses} became much worse since Warden proposed to disable the class, and that proposal still stands.`;
}

function wordsOfAlerts(items: readonly AlertMail[]): Words {
  const open = items.filter(({ kind }) => kind === 'alert');
  const over = items.length - open.length;
  const [first] = items;
  const stream = first === undefined ? '' : `${oneLine(first.alert.agent)} at ${first.alert.horizon_hours} h`;
  if (open.length === 0) {
    return {
      lead:
        over === 1
          ? `The divergence of ${stream} is over: its newest results look again like those its model claims.`
          : `${over} divergences are over: the newest results look again like those the models claim.`,
      doesItself: 'Warden gives an agent without open alerts its full weight again.',
      next: 'Nothing has to be done. What happened in between is in the evidence.',
    };
  }
  const began =
    open.length === 1
      ? `The live results of ${stream} stopped looking like those its model claims.`
      : `${open.length} alerts: live results stopped looking like those the models claim.`;
  return {
    lead: over === 0 ? began : `${began} ${over} earlier ${over === 1 ? 'alert is' : 'alerts are'} over.`,
    doesItself:
      'As long as an alert is open, Warden multiplies the weight of the agent by allocation.alert_factor (0.5 as ' +
      'shipped) and blocks its promotion. It stops no agent by itself.',
    next: 'Look at the evidence: a change of the market, of the data, of the agent or of its costs.',
  };
}
