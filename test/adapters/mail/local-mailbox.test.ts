// The mailbox of this machine: what the demo's mails arrive in, read by itself as a mail library reads them.

import PostalMime from 'postal-mime';
import { afterEach, describe, expect, it } from 'vitest';
import { readMailSource } from '../../../src/adapters/mail/local/mail-source.ts';
import { type LocalMailbox, startMailbox } from '../../../src/adapters/mail/local/mailbox.ts';
import { mailSettingsFrom } from '../../../src/adapters/mail/mail-settings.ts';
import { smtpMailer } from '../../../src/adapters/mail/smtp-mailer.ts';
import type { Mailer, MailMessage } from '../../../src/ports.ts';
import { memoryLog } from '../../fakes/memory-mailer.ts';

const MESSAGE: MailMessage = {
  messageId: '<1@example.org>',
  to: ['ada@example.org', 'grace@example.org'],
  subject: 'DIVERGENCE ALERT: momo (4 h)',
  text: 'one\n\n– two, at 4 σ\n\n',
  html: '<p>three – four</p>',
  inline: [],
};
const PNG = Buffer.from('89504e470d0a1a0a0d0a00ff2d2d', 'hex');

let box: LocalMailbox | null = null;
afterEach(async () => {
  await box?.close();
  box = null;
});

async function opened(): Promise<{ box: LocalMailbox; mailer: Mailer }> {
  const opening = await startMailbox({ nowMs: () => 1234 });
  box = opening;
  const settings = mailSettingsFrom({
    SMTP_URL: opening.url,
    MAIL_FROM: 'Wärden <warden@example.org>',
    META_EMAIL_TO: 'ada@example.org',
  });
  if (!settings.ok || settings.value === null) throw new Error('mail is off');
  return { box: opening, mailer: smtpMailer(settings.value, memoryLog()) };
}

describe('the mailbox of this machine', () => {
  it('takes a mail as it was sent, at the instant of the clock it was given', async () => {
    const { box, mailer } = await opened();
    const inline = [{ cid: 'chart-1', filename: 'chart – 1.png', png: PNG }];

    const sent = await mailer.send({ ...MESSAGE, inline });

    expect(sent).toEqual({ ok: true, value: undefined });
    expect(box.mails).toHaveLength(1);
    expect(box.mails[0]).toMatchObject({
      atMs: 1234,
      from: 'Wärden <warden@example.org>',
      to: ['ada@example.org', 'grace@example.org'],
      subject: MESSAGE.subject,
      messageId: '<1@example.org>',
      html: MESSAGE.html,
      pictures: [{ cid: 'chart-1', png: PNG }],
    });
    expect(box.mails[0]?.text.trimEnd()).toBe(MESSAGE.text.trimEnd());
  });

  it('reads every mail as a mail library does', async () => {
    const { box, mailer } = await opened();
    const long =
      'a line that is far longer than the 76 characters that a mail may have on one line, so it is folded. ';
    const texts = [
      'plain\n',
      '– ünïcode – '.repeat(30),
      `${long.repeat(12)}\n\n> ${long}\n--\nend \n`,
      '.\n..\n=3D\n \n',
    ];
    const subjects = ['plain', 'Zürich – σ '.repeat(12), `${'long words '.repeat(20)}`, '=?utf-8?Q?=41?='];
    for (const [place, text] of texts.entries())
      await mailer.send({ ...MESSAGE, subject: subjects[place] ?? '', text, html: `<p>${text}</p>` });

    expect(box.mails).toHaveLength(texts.length);
    for (const { source, ...mail } of box.mails) {
      const read = await PostalMime.parse(source);
      expect(mail.subject).toBe(read.subject);
      expect(mail.text.trimEnd()).toBe(read.text?.trimEnd());
      expect(mail.html.trimEnd()).toBe(read.html?.trimEnd());
    }
  });

  it('refuses a mail that is larger than any of ours, and goes on', async () => {
    const { box, mailer } = await opened();

    const sent = await mailer.send({ ...MESSAGE, html: 'x'.repeat(11 * 1024 * 1024) });

    expect(sent).toMatchObject({ ok: false });
    expect((await mailer.send(MESSAGE)).ok).toBe(true);
    expect(box.mails).toHaveLength(1);
  });

  it('tells the sender of nothing that it could not keep', async () => {
    const failing = await startMailbox({
      nowMs: () => 0,
      keep: () => {
        throw new Error('the disk is full');
      },
    });
    box = failing;
    const settings = mailSettingsFrom({
      SMTP_URL: failing.url,
      MAIL_FROM: 'warden@example.org',
      META_EMAIL_TO: 'ada@example.org',
    });

    const sent =
      settings.ok && settings.value !== null && (await smtpMailer(settings.value, memoryLog()).send(MESSAGE));

    expect(sent).toMatchObject({ ok: false });
    expect(failing.mails).toEqual([]);
  });
});

describe('the source of a mail', () => {
  it.each([
    ['nothing', ''],
    ['no header', '\r\n\r\nwords'],
    ['a body of parts without a boundary', 'Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nwords'],
    [
      'parts without an end',
      'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n',
    ],
  ])('may be %s', (_case, source) => {
    const read = readMailSource(Buffer.from(source));

    expect(read).toMatchObject({ subject: '', html: '', pictures: [] });
  });
});
