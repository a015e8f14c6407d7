// What each job of a run did, in a few words: for the line of its step and for the subject of its commit.

import type { Compacted } from '../jobs/compact.ts';
import type { IngestReport } from '../jobs/ingest.ts';
import type { ReconcileReport } from '../jobs/reconcile.ts';
import type { TrainedHorizon } from '../jobs/train.ts';
import { counted } from '../supervision/job-summary-section.ts';
import { countedWords } from '../supervision/state-message.ts';
import type { Published } from './publish.ts';
import type { SupervisedState } from './supervise.ts';

export function didReconcile(report: ReconcileReport): string {
  const words = countedWords([
    { count: report.due.reconciled, noun: 'row', isAdded: true },
    { count: setAside(report), noun: 'reject' },
    { count: report.open_pairs, noun: 'open pair' },
  ]);
  return [...wrongWords(report), ...(report.due.reconciled === 0 ? ['no new rows'] : []), ...words].join(
    ', ',
  );
}

/** Returns why a reconcile did not end well. */
export function reconcileFault(report: ReconcileReport): string {
  return wrongWords(report).join(', ');
}

/** What a person has to know first. */
function wrongWords({ loss_too_high, loss_ratio, max_loss_ratio, instruments }: ReconcileReport): string[] {
  const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
  if (loss_too_high)
    return [`lost ${percent(loss_ratio)} where prices.max_loss is ${percent(max_loss_ratio)}`];
  const { asked, unavailable } = instruments;
  return unavailable === 0 ? [] : [`no price source answered for ${unavailable} of ${asked} instruments`];
}

/** Lines and pairs that will never become rows. */
export function setAside(report: ReconcileReport | null): number {
  if (report === null) return 0;
  const { stale_price, no_price } = report.due.given_up;
  return report.events.invalid + report.events.conflicts + stale_price + no_price;
}

export function didSupervise({ newVerdicts, openVerdicts, rows, lastGood }: SupervisedState): string {
  const words = countedWords([
    { count: newVerdicts.length, noun: 'new verdict' },
    { count: openVerdicts.length, noun: 'open proposal' },
  ]);
  return [
    ...(lastGood === null ? [] : [UNDER_LAST_GOOD]),
    ...(newVerdicts.length === 0 ? ['nothing new decided'] : []),
    ...words,
    `${counted(rows, 'row')} known`,
  ].join(', ');
}

/** Returns what is wrong with the configuration, the one reason why a supervise that judged does not end well. */
export function superviseFault({ lastGood }: SupervisedState): string {
  return lastGood ?? '';
}

const UNDER_LAST_GOOD = 'under the last good configuration';

export function didTrain(trained: readonly TrainedHorizon[]): string {
  const used = trained.filter(({ pointer }) => pointer.used).length;
  const words = countedWords([{ count: newModels(trained), noun: 'new model' }]);
  return [...words, `models in use: ${used} of ${trained.length}`].join(', ');
}

/** A pointer may move without a new version. */
export function newModels(trained: readonly TrainedHorizon[] | null): number {
  return trained?.filter(({ changed, model }) => changed && model !== null).length ?? 0;
}

export function didCompact({ files, months }: Compacted): string {
  const words = countedWords([
    { count: files, noun: 'file' },
    { count: months.length, noun: 'month' },
  ]);
  return files === 0 ? 'nothing to pack' : `packed ${words.join(' of ')}`;
}

export function didIngest({ counts }: IngestReport): string {
  const { appended, duplicates, rejected, conflicts } = counts;
  const words = countedWords([
    { count: appended, noun: 'event', isAdded: true },
    { count: duplicates, noun: 'duplicate' },
    { count: rejected + conflicts, noun: 'reject' },
  ]);
  return words.length === 0 ? 'nothing to read' : words.join(', ');
}

/** Returns which kinds of lines were set aside, whatever their number, and which files were not read to their end. */
export function ingestFault({ counts, rejects, unreadable }: IngestReport): string {
  const codes = rejects.map(({ code }) => code).sort();
  const aside =
    codes.length === 0 ? [] : [`${counts.rejected + counts.conflicts} set aside: ${codes.join(', ')}`];
  return [...aside, ...unreadable].join('\n');
}

export function didPublish({ github, mails, lastGood }: Published): string {
  const effects = github?.effects.filter(({ outcome }) => outcome !== 'already_done').length ?? 0;
  const owed = mails.failed.length + (github?.failed.length ?? 0);
  const words = countedWords([
    { count: effects, noun: 'effect' },
    { count: mails.sent.length, noun: 'mail' },
  ]);
  const all = [...words, ...(owed > 0 ? [`${owed} still owed`] : [])];
  const done = all.length === 0 ? ['nothing was owed'] : all;
  return [...(lastGood === null ? [] : [UNDER_LAST_GOOD]), ...done].join(', ');
}

/** Returns what is still owed, and why. */
export function publishFault({ github, mails }: Published): string {
  const owed = [
    ...(github?.failed ?? []).map(({ what, error }) => `${what}: ${error}`),
    ...mails.failed.map(({ subject, error }) => `the mail "${subject}": ${error}`),
  ];
  return owed.length === 0 ? UNDER_LAST_GOOD : owed.join('\n');
}
