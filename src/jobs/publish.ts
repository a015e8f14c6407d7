// The publish job: what was decided and not yet told goes out by mail, and a receipt says that it is no longer owed.

import { appendReceipts, readReceipts } from '../adapters/state/receipt-log.ts';
import { loadMetaReport, REPORT_PATH, readDivergence } from '../adapters/state/supervisor-files.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../domain/time.ts';
import { type ReceiptDraft, receiptId } from '../domain/verdict.ts';
import type { Disk, Log, Mailer, MailMessage } from '../ports.ts';
import { type MailContent, mailContent } from '../supervision/mail-content.ts';
import { mailHtml } from '../supervision/mail-html.ts';
import { mailText } from '../supervision/mail-text.ts';
import { type MailItem, type OwedMail, owedMail } from '../supervision/outbox.ts';
import type { AlertSpacing } from '../supervision/same-alert.ts';

interface PublishPorts {
  readonly disk: Disk;
  /** `null`: mail is off. */
  readonly mailer: Mailer | null;
  readonly log: Log;
  /** Makes a PNG of a chart; default: with the fonts of the package. */
  readonly draw?: (svg: string) => Buffer;
}

interface PublishOptions {
  readonly nowMs: number;
  readonly to: readonly string[];
  /** What message ids end with, `example.org`. */
  readonly senderDomain: string;
  /** The rules under which alerts are raised: they tell one alert from the next. */
  readonly divergence: AlertSpacing;
}

export interface PublishedMail {
  readonly subject: string;
  readonly message_id: string;
  readonly items: number;
  readonly text: string;
}

export interface PublishReport {
  readonly sent: readonly PublishedMail[];
  /** Still owed, with what the mail server said. */
  readonly failed: readonly (PublishedMail & { readonly error: string })[];
  /** Items settled without a message: the matter is over, and what was owed about it is needless or older than a week. */
  readonly superseded: number;
  /** Items that wait because mail is off; nothing was recorded about them. */
  readonly waiting: number;
}

/** Older news of what is over is history: mail that is turned on, or works again after weeks, starts with what is open. */
const NEWS_MAX_AGE_MS = 7 * DAY_MS;

/**
 * Sends what is owed, one message per subject, and records a receipt per item once the server took the message. A message
 * that fails leaves no receipt, so the next run tries again; the others go out all the same. A run that dies between sending
 * and recording sends again, under the same message id as long as the same items are owed. The caller holds the lock `publish`.
 *
 * @throws CorruptStateError where verdicts, receipts or alerts cannot be read.
 */
export async function publish(ports: PublishPorts, options: PublishOptions): Promise<PublishReport> {
  const { disk, mailer, log } = ports;
  const alerts = readDivergence(disk)?.alerts ?? [];
  const debt = owedMail(readVerdicts(disk), alerts, readReceipts(disk), options.divergence);
  if (mailer === null) {
    const waiting = debt.owed.reduce((sum, { items }) => sum + items.length, 0);
    return { sent: [], failed: [], superseded: 0, waiting };
  }
  const report = debt.owed.length === 0 ? null : readReport(disk, log);
  const old = debt.owed.flatMap(({ items }) => items.filter((item) => isOld(item, report, options.nowMs)));
  const over = [...debt.superseded, ...old];
  appendReceipts(
    disk,
    over.map((item) => receiptOf(item, 'superseded', '', '', options.nowMs)),
  );
  if (old.length > 0)
    log.warn(`${old.length} mails are not sent any more, what they tell of ended more than 7 days ago`);
  const sent: PublishedMail[] = [];
  const failed: (PublishedMail & { error: string })[] = [];
  for (const { subjectKind, items } of debt.owed) {
    const news = items.filter((item) => !isOld(item, report, options.nowMs));
    if (news.length === 0) continue;
    const message = await messageOf({ subjectKind, items: news }, report, ports, options);
    const { subject, messageId, text } = message;
    const mail = { subject, message_id: messageId, items: news.length, text };
    const taken = await mailer.send(message);
    if (taken.ok) {
      appendReceipts(
        disk,
        news.map((item) => receiptOf(item, 'done', text, messageId, options.nowMs)),
      );
      sent.push(mail);
    } else {
      log.error(`the mail "${subject}" was not sent and is still owed: ${taken.error}`);
      failed.push({ ...mail, error: taken.error });
    }
  }
  return { sent, failed, superseded: over.length, waiting: 0 };
}

/**
 * Whether an item is history. What is open is not, however old its evidence: prices or signals may have been missing for
 * weeks. Over are an alert that is RESOLVED, and a proposal that was followed: the class is DISABLED by now.
 */
function isOld(item: MailItem, report: MetaReport | null, nowMs: number): boolean {
  if (item.kind === 'alert') return false;
  if (item.kind === 'disable' && !isStopped(item.verdict.subject, report)) return false;
  const ts = item.kind === 'disable' ? item.verdict.ts : item.alert.ts;
  return nowMs - msFromIso(ts) > NEWS_MAX_AGE_MS;
}

/** Without a report it is unknown, and what is unknown is told. */
function isStopped(strategyClass: string, report: MetaReport | null): boolean {
  if (report === null || !Object.hasOwn(report.strategies, strategyClass)) return false;
  return report.strategies[strategyClass]?.status === 'DISABLED';
}

async function messageOf(
  owed: OwedMail,
  report: MetaReport | null,
  ports: PublishPorts,
  { to, senderDomain }: PublishOptions,
): Promise<MailMessage> {
  const complete = mailContent(owed, report);
  const inline = await picturesOf(complete, ports);
  const content = inline.length === 0 ? { ...complete, charts: [] } : complete;
  const keys = owed.items.map(({ key }) => key).sort();
  const messageId = `<${sha256Hex(canonicalJson(keys)).slice(0, 40)}@${senderDomain}>`;
  return {
    messageId,
    to,
    subject: content.subject,
    text: mailText(content),
    html: mailHtml(content),
    inline,
  };
}

/** A mail is complete without weights and charts, so a report that cannot be read holds no mail up. */
function readReport(disk: Disk, log: Log): MetaReport | null {
  const file = loadMetaReport(disk);
  if (file.ok) return file.value;
  log.warn(
    `${REPORT_PATH} ${file.error}; the mail goes without charts, and the next supervise run writes it anew`,
  );
  return null;
}

/** Drawing needs a binary of the platform, which may be missing. */
async function picturesOf({ charts }: MailContent, ports: PublishPorts): Promise<MailMessage['inline']> {
  if (charts.length === 0) return [];
  try {
    const draw = ports.draw ?? (await import('../adapters/mail/chart-png.ts')).chartPng;
    return charts.map(({ cid, svg }) => ({ cid, filename: `${cid}.png`, png: draw(svg) }));
  } catch (error) {
    ports.log.warn(`the charts could not be drawn, the mail goes without: ${String(error)}`);
    return [];
  }
}

function receiptOf(
  item: MailItem,
  outcome: 'done' | 'superseded',
  body: string,
  target: string,
  nowMs: number,
): ReceiptDraft {
  const facts = { effect: 'mail', key: item.key, body_sha256: sha256Hex(body) } as const;
  return {
    v: 1,
    receipt_id: receiptId(facts),
    ts: isoFromMs(nowMs),
    ...facts,
    verdict_id: item.kind === 'disable' ? item.verdict.verdict_id : null,
    outcome,
    target,
    state_commit: null,
  };
}
