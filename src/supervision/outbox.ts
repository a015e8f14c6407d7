// The mails that are owed: what was decided and found, less what the receipts say was sent. Every run may ask again.

import { canonicalJson } from '../domain/canonical.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import type { Receipt, Verdict } from '../domain/verdict.ts';
import { type ClassVerdict, episodesOf, isClassVerdict } from './episodes.ts';

/** A class that is proposed to be stopped; `verdict` is the newest DISABLE verdict of its episode. */
export interface DisableMail {
  readonly kind: 'disable';
  /** The key of its receipt: a JSON array, so that names with spaces stay apart. */
  readonly key: string;
  readonly verdict: ClassVerdict;
}

/** An alert that began or grew worse, or one that was mailed and is over. */
export interface AlertMail {
  readonly kind: 'alert' | 'resolved';
  readonly key: string;
  readonly alert: DivergenceAlert;
}

export type MailItem = DisableMail | AlertMail;

export const MAIL_SUBJECTS = ['DIVERGENCE ALERT', 'STRATEGY DISABLE PROPOSED'] as const;
export type MailSubject = (typeof MAIL_SUBJECTS)[number];

/** One message; its receipts are one per item. */
export interface OwedMail {
  readonly subjectKind: MailSubject;
  /** At least one. */
  readonly items: readonly MailItem[];
}

export interface MailDebt {
  /** One message per subject, so at most two in a run. */
  readonly owed: readonly OwedMail[];
  /** What must not be sent any more: it gets a receipt `superseded` and no message. */
  readonly superseded: readonly DisableMail[];
}

/** From the least to the most severe. */
const SEVERITIES = ['none', 'medium', 'high'] as const satisfies readonly DivergenceAlert['severity'][];

/**
 * Returns the mails that are owed.
 *
 * One mail per episode of a class, however many verdicts it has; none any more where the episode is over or a receipt of
 * one of its verdicts says `vetoed`. One mail per alert and severity, and none where it only grew milder; one when an
 * alert that was mailed is RESOLVED. Early warnings (WARN) are not mailed.
 *
 * @param verdicts of the log, oldest first
 * @param alerts as they stand now, one per (agent, horizon, trigger)
 * @param receipts of the log, oldest first
 */
export function owedMail(
  verdicts: readonly Verdict[],
  alerts: readonly DivergenceAlert[],
  receipts: readonly Receipt[],
): MailDebt {
  const mails = receipts.filter(({ effect }) => effect === 'mail');
  const settled = new Set(mails.map(({ key }) => key));
  const { proposed, superseded } = disableMails(verdicts, receipts, settled);
  const news = [...alertMails(alerts, settled), ...resolvedMails(alerts, mails)];
  const bySubject = { 'DIVERGENCE ALERT': news, 'STRATEGY DISABLE PROPOSED': proposed };
  const owed = MAIL_SUBJECTS.map((subjectKind) => ({ subjectKind, items: bySubject[subjectKind] }));
  return { owed: owed.filter(({ items }) => items.length > 0), superseded };
}

function disableMails(
  verdicts: readonly Verdict[],
  receipts: readonly Receipt[],
  settled: ReadonlySet<string>,
): { proposed: DisableMail[]; superseded: DisableMail[] } {
  const vetoed = new Set(
    receipts.filter(({ outcome }) => outcome === 'vetoed').map(({ verdict_id }) => verdict_id),
  );
  const proposed: DisableMail[] = [];
  const superseded: DisableMail[] = [];
  const classes = new Set(verdicts.filter(isClassVerdict).map(({ subject }) => subject));
  for (const strategyClass of classes) {
    for (const { episode, disables, isOpen } of episodesOf(verdicts, strategyClass)) {
      const verdict = disables.at(-1);
      const key = canonicalJson(['mail', 'disable', episode]);
      if (verdict === undefined || settled.has(key)) continue;
      const isWanted = isOpen && !disables.some(({ verdict_id }) => vetoed.has(verdict_id));
      (isWanted ? proposed : superseded).push({ kind: 'disable', key, verdict });
    }
  }
  return { proposed, superseded };
}

function alertMails(alerts: readonly DivergenceAlert[], settled: ReadonlySet<string>): AlertMail[] {
  return alerts.flatMap((alert) => {
    if (alert.state !== 'ALERT') return [];
    const orWorse = SEVERITIES.slice(SEVERITIES.indexOf(alert.severity));
    const keys = orWorse.map((severity) =>
      canonicalJson([...startOf('alert', alert), alert.since, severity]),
    );
    const [key] = keys;
    if (key === undefined || keys.some((each) => settled.has(each))) return [];
    return [{ kind: 'alert' as const, key, alert }];
  });
}

/** An alert that nobody was told of ends without a mail, and so does one whose end was mailed. */
function resolvedMails(alerts: readonly DivergenceAlert[], mails: readonly Receipt[]): AlertMail[] {
  return alerts.flatMap((alert) => {
    if (alert.state !== 'RESOLVED') return [];
    const begun = prefixOf('alert', alert);
    const ended = prefixOf('resolved', alert);
    const told = mails.findLastIndex(
      ({ key, outcome }) => key.startsWith(begun) && (outcome === 'done' || outcome === 'already_done'),
    );
    const isOwed = told > mails.findLastIndex(({ key }) => key.startsWith(ended));
    const key = canonicalJson([...startOf('resolved', alert), alert.since]);
    return isOwed ? [{ kind: 'resolved' as const, key, alert }] : [];
  });
}

function startOf(kind: AlertMail['kind'], alert: DivergenceAlert): readonly (string | number)[] {
  return ['mail', kind, alert.agent, alert.horizon_hours, alert.trigger];
}

/** How every key of this kind about the same agent, horizon and trigger begins. */
function prefixOf(kind: AlertMail['kind'], alert: DivergenceAlert): string {
  return `${canonicalJson(startOf(kind, alert)).slice(0, -1)},`;
}
