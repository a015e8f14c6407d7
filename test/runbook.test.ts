// docs/runbook.md quotes what Warden says: who searches it for the sentence on the screen has to find it.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

const page = inOneLine(readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8'));
/** Every source in one text, in which a sentence that goes on behind a `+` is whole. */
const source = inOneLine(
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'))
    .join('\n'),
).replaceAll(/(['`]) \+ \1/g, '');

const SENTENCES = [
  'which is stricter, and it stays',
  'entries pass where every gate lets them, and so do exits',
  'nothing is sent, exits included, until a person acts',
  'nobody listens there; is the service of the runner running?',
  'the record does not fit its checksum',
  'The lists can be read again',
  'what was good last stays in force',
  'is ours, but this journal does not know it',
  'a person has looked at the order at the venue: warden kernel ctl resolve',
  'the positions of the venue and of the book agree, or the difference is adopted',
  'it was sent, and the venue is asked until it says what became of it',
  'BINGX_API_SECRET does not belong to BINGX_API_KEY; copy both once more',
  'numbers are what was recorded',
  'Derived files are written again by the next run of their job; ground is restored from the history of the state branch.',
  'The derived state is what the ground gives, as far as it has been derived.',
  'Restore the file from the history of the state branch',
  'held more rows when they were last read',
  'could not be pushed',
  'is gone from',
  'was not sent and is still owed',
  'nothing is owed',
  'mail is off: set SMTP_URL, MAIL_FROM and META_EMAIL_TO',
];

describe('docs/runbook.md', () => {
  it.each(SENTENCES)('quotes what is said: %s', (sentence) => {
    expect({ page: page.includes(sentence), source: source.includes(sentence) }).toEqual({
      page: true,
      source: true,
    });
  });
});
