// The summary of a publish run for people: what was sent, what is still owed; with --dry-run the messages themselves.

import type { PublishedMail, PublishReport } from '../jobs/publish.ts';

/** Returns the summary of one run. `dryRun`: nothing was sent, so the texts are shown in full. */
export function publishText(done: PublishReport, dryRun: boolean): string {
  const { sent, failed, superseded, waiting } = done;
  const lines = sent.map((mail) => (dryRun ? `would be sent:\n\n${mail.text}` : `sent: ${mailLine(mail)}`));
  for (const mail of failed) lines.push(`still owed: ${mailLine(mail)}`);
  if (superseded > 0) lines.push(`settled without a mail, as over or older than 7 days: ${superseded}`);
  if (waiting > 0) lines.push(`waiting until mail is on: ${waiting}`);
  return lines.length === 0 ? 'nothing is owed' : lines.join('\n');
}

function mailLine({ subject, items }: PublishedMail): string {
  return items === 1 ? subject : `${subject} (${items} items)`;
}
