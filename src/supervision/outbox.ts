// The mails that are owed: what was decided and found, less what the receipts say was sent. Every run may ask again.

import { canonicalJson } from '../domain/canonical.ts';
import { DIVERGENCE_TRIGGERS, type DivergenceAlert } from '../domain/divergence.ts';
import type { Receipt, Verdict } from '../domain/verdict.ts';
import { type ClassVerdict, type Episode, episodesOf, isClassVerdict, muchWorseThan } from './episodes.ts';
import { type AlertPlace, type AlertSpacing, isSameAlert } from './same-alert.ts';

/** A class that is proposed to be stopped; `verdict` is the newest DISABLE verdict of its episode. */
export interface DisableMail {
  readonly kind: 'disable';
  /** The key of its receipt: a JSON array, so that names with spaces stay apart. */
  readonly key: string;
  readonly verdict: ClassVerdict;
  /** The earlier verdict than which the breach became {@link muchWorseThan}, or `null` for the first mail of an episode. */
  readonly worseThan: ClassVerdict | null;
}

/** An alert that began or grew worse, or one that was mailed and is over. */
export interface AlertMail {
  readonly kind: 'alert' | 'resolved';
  readonly key: string;
  readonly alert: DivergenceAlert;
}

export type MailItem = DisableMail | AlertMail;

const MAIL_SUBJECTS = ['DIVERGENCE ALERT', 'STRATEGY DISABLE PROPOSED'] as const;
type MailSubject = (typeof MAIL_SUBJECTS)[number];

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
 * One mail per episode of a class, however many verdicts it has, and one more each time its breach became
 * {@link muchWorseThan} before; none any more where the episode is over, the class relapsed while it was stopped, or a receipt of one of its verdicts says `vetoed`.
 * One mail per alert ({@link isSameAlert}) and severity, and none where it only grew milder; one when an alert that was mailed
 * is RESOLVED. Early warnings (WARN) are not mailed.
 *
 * @param verdicts of the log, oldest first
 * @param alerts as they stand now, one per (agent, horizon, trigger)
 * @param receipts of the log, oldest first
 * @param spacing the rules under which the alerts were raised
 */
export function owedMail(
  verdicts: readonly Verdict[],
  alerts: readonly DivergenceAlert[],
  receipts: readonly Receipt[],
  spacing: AlertSpacing,
): MailDebt {
  const mails = receipts.filter(({ effect }) => effect === 'mail');
  const settled = new Set(mails.map(({ key }) => key));
  const { proposed, superseded } = disableMails(verdicts, receipts, settled);
  const news = [...alertMails(alerts, mails, spacing), ...resolvedMails(alerts, mails)];
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
    for (const episode of episodesOf(verdicts, strategyClass)) {
      const mail = newestMail(episode);
      if (mail === null || settled.has(mail.key)) continue;
      const isVetoed = episode.disables.some(({ verdict_id }) => vetoed.has(verdict_id));
      const hasRelapsed = mail.verdict.evidence.reason === 'relapse';
      const isWanted = episode.isOpen && !isVetoed && !hasRelapsed;
      (isWanted ? proposed : superseded).push(mail);
    }
  }
  return { proposed, superseded };
}

/**
 * Returns the newest mail that an episode calls for, which makes every earlier one of it needless. A relapse,
 * while the class is stopped, proposes nothing new, so it is never a mail of its own.
 */
function newestMail({ episode, disables }: Episode): DisableMail | null {
  const verdict = disables.at(-1);
  if (verdict === undefined) return null;
  const worse = disables.flatMap((each, index) => {
    const { reason, regime, cell } = each.evidence;
    if (reason !== 'grown') return [];
    const worseThan = muchWorseThan(disables.slice(0, index), regime, cell);
    return worseThan === null ? [] : [{ count: index + 1, worseThan }];
  });
  const newest = worse.at(-1);
  const key = canonicalJson(['mail', 'disable', episode, ...(newest === undefined ? [] : [newest.count])]);
  return { kind: 'disable', key, verdict, worseThan: newest?.worseThan ?? null };
}

function alertMails(
  alerts: readonly DivergenceAlert[],
  mails: readonly Receipt[],
  spacing: AlertSpacing,
): AlertMail[] {
  const settled = mails.flatMap(({ key }) => settledAlert(key) ?? []);
  return alerts.flatMap((alert) => {
    if (alert.state !== 'ALERT') return [];
    const severity = SEVERITIES.indexOf(alert.severity);
    const isSettled = settled.some(
      (each) => each.severity >= severity && isSameAlert(each.place, alert, spacing),
    );
    if (isSettled) return [];
    const key = canonicalJson([...startOf('alert', alert), alert.since, alert.severity]);
    return [{ kind: 'alert' as const, key, alert }];
  });
}

/** Returns the alert of which the key of a receipt tells, or `null` for a key of another kind. */
function settledAlert(key: string): { readonly place: AlertPlace; readonly severity: number } | null {
  if (!key.startsWith('["mail","alert",')) return null;
  const parsed = parsedJson(key);
  if (!Array.isArray(parsed)) return null;
  const [, , agent, hours, trigger, since, severity]: unknown[] = parsed;
  const known = DIVERGENCE_TRIGGERS.find((each) => each === trigger);
  if (typeof agent !== 'string' || typeof hours !== 'number' || known === undefined) return null;
  if (since !== null && typeof since !== 'string') return null;
  const severities: readonly unknown[] = SEVERITIES;
  const place = { agent, horizon_hours: hours, trigger: known, since };
  return { place, severity: severities.indexOf(severity) };
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

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function startOf(kind: AlertMail['kind'], alert: DivergenceAlert): readonly (string | number)[] {
  return ['mail', kind, alert.agent, alert.horizon_hours, alert.trigger];
}

/** How every key of this kind about the same agent, horizon and trigger begins. */
function prefixOf(kind: AlertMail['kind'], alert: DivergenceAlert): string {
  return `${canonicalJson(startOf(kind, alert)).slice(0, -1)},`;
}
