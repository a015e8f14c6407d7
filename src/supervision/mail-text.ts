// A mail as plain text: complete by itself, for clients and people that show no HTML.

import type { MailContent } from './mail-content.ts';
import type { MailSection } from './mail-sections.ts';

/** What closes every mail. */
export const FOOTER = 'Warden sends one message per subject and run, to the addresses in META_EMAIL_TO.';

const INDENT = '  ';

/** Returns the text body; one paragraph per line, since clients wrap at their own width. */
export function mailText(content: MailContent): string {
  const { subject, lead, sections, leftOut, doesItself, next, commands, asOf } = content;
  const blocks = [
    [subject],
    [lead],
    ...sections.map(sectionLines),
    ...(leftOut > 0 ? [[leftOutText(leftOut)]] : []),
    ['What Warden does by itself', INDENT + doesItself],
    ['What to do next', INDENT + next, ...commands.map((command) => INDENT + command)],
    [`As of ${asOf}. ${FOOTER}`],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Returns the sentence about items that have no section. */
export function leftOutText(leftOut: number): string {
  return `and ${leftOut} more: see supervisor/meta_report.md on the state branch`;
}

function sectionLines({ heading, facts }: MailSection): string[] {
  const width = Math.max(...facts.map(({ label }) => label.length));
  return [heading, ...facts.map(({ label, value }) => `${INDENT}${label.padEnd(width)}  ${value}`)];
}
