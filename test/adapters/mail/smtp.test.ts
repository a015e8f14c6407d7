// Mail against a real server on loopback: what arrives, what a refusal leaves owed, and that nothing waits for ever.

import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { MailSettings } from '../../../src/adapters/mail/mail-settings.ts';
import { smtpMailer } from '../../../src/adapters/mail/smtp-mailer.ts';
import { readReceipts } from '../../../src/adapters/state/receipt-log.ts';
import { msFromIso } from '../../../src/domain/time.ts';
import { publish } from '../../../src/jobs/publish.ts';
import type { Disk, MailMessage } from '../../../src/ports.ts';
import { AT } from '../../domain/record-builders.ts';
import { memoryLog } from '../../fakes/memory-mailer.ts';
import { aSupervisedDisk, saveAlerts } from '../../jobs/supervised-state.ts';
import { type Mailbox, type MailboxOptions, mailbox, settingsFor, USER } from './mailbox.ts';

/** Longer than any answer takes here, also on a machine that is busy. */
const PATIENT = { connectMs: 5_000, silenceMs: 5_000, totalMs: 20_000 };
const MESSAGE: MailMessage = {
  messageId: '<1@example.org>',
  to: ['ada@example.org', 'grace@example.org'],
  subject: 'DIVERGENCE ALERT: momo (4 h)',
  text: 'text\n',
  html: '<p>html</p>',
  inline: [],
};

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function opened(options: MailboxOptions = {}): Promise<Mailbox> {
  const box = await mailbox(options);
  closers.push(() => box.close());
  return box;
}

/** A server that is none: says nothing, or greets and then says `drip` (nothing, where empty) for ever. Returns its port. */
async function silentServer(drip: string | null): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    if (drip !== null) socket.write('220 ready\r\n');
    const timer = drip === null || drip === '' ? null : setInterval(() => socket.write(drip), 50);
    socket.on('close', () => timer !== null && clearInterval(timer));
    closers.push(async () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function published(disk: Disk, settings: MailSettings) {
  const log = memoryLog();
  const options = {
    nowMs: msFromIso(AT),
    to: settings.to,
    senderDomain: 'example.org',
    divergence: { min_signals: 30, resolve_after_signals: 40 },
  };
  const report = await publish({ disk, mailer: smtpMailer(settings, log, PATIENT), log }, options);
  return { report, log };
}

describe('a mail that was sent', () => {
  it('arrives with both bodies and its charts as pictures inside', async () => {
    const box = await opened();

    const { report } = await published(aSupervisedDisk(), box.settings);

    expect(report.sent).toHaveLength(2);
    const [alert, disable] = box.mails;
    expect(alert?.subject).toBe('DIVERGENCE ALERT: trend-ema (4 h)');
    expect(disable?.subject).toBe('STRATEGY DISABLE PROPOSED: macro');
    for (const mail of [alert, disable]) {
      expect(mail?.from).toMatchObject({ name: 'Warden', address: 'warden@example.org' });
      expect(mail?.to?.map(({ address }) => address)).toEqual(['ada@example.org', 'grace@example.org']);
      expect(mail?.messageId).toMatch(/^<[0-9a-f]{40}@example\.org>$/);
      expect(mail?.text).toContain('What to do next');
      expect(mail?.html).toContain('<img class="soft" src="cid:chart-1"');
      expect(mail?.headers).toContainEqual(
        expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
      );
      const [picture] = mail?.attachments ?? [];
      expect(picture).toMatchObject({ mimeType: 'image/png', contentId: '<chart-1>', disposition: 'inline' });
      expect(sizeOfPng(picture?.content)).toMatchObject({ width: 1000 });
      expect(mail?.attachments).toHaveLength(1);
    }
  });

  it('is one mail, however often the job runs', async () => {
    const box = await opened();
    const disk = aSupervisedDisk();

    for (let run = 0; run < 48; run += 1) await published(disk, box.settings);

    expect(box.mails).toHaveLength(2);
  });

  it('keeps line ends out of its headers', async () => {
    const box = await opened();

    const subject = 'DIVERGENCE ALERT: a\r\nBcc: eve@example.org';
    await smtpMailer(box.settings, memoryLog(), PATIENT).send({ ...MESSAGE, subject });

    expect(box.mails[0]?.bcc).toBeUndefined();
    expect(box.mails[0]?.headers.some(({ key }) => key === 'bcc')).toBe(false);
  });

  it('counts as sent where one of its recipients is refused, and says so', async () => {
    const box = await opened({ unknownRecipient: 'grace@example.org' });
    const log = memoryLog();

    const sent = await smtpMailer(box.settings, log, PATIENT).send(MESSAGE);

    expect(sent.ok).toBe(true);
    expect(log.lines.join('\n')).toContain('refused 1 of the 2 addresses of META_EMAIL_TO');
  });
});

describe('a mail that the server refuses', () => {
  it.each([
    [451, '4.7.1 try again later'],
    [550, '5.7.1 sender not allowed'],
  ])(
    'with %i %s is still owed, and sent exactly once by the run that finds the server willing',
    async (code, words) => {
      const box = await opened();
      const disk = aSupervisedDisk();
      saveAlerts(disk, []);
      box.refuseWith(code, words);

      const refused = await published(disk, box.settings);

      expect(refused.report.failed).toHaveLength(1);
      expect(refused.log.lines.join('\n')).toContain(`answered "${code} ${words}"`);
      expect(readReceipts(disk)).toEqual([]);

      box.refuseWith(null);
      await published(disk, box.settings);
      await published(disk, box.settings);

      expect(box.mails.map(({ subject }) => subject)).toEqual(['STRATEGY DISABLE PROPOSED: macro']);
      expect(readReceipts(disk)).toMatchObject([{ outcome: 'done', target: box.mails[0]?.messageId }]);
    },
  );

  it('for its login says so without the password', async () => {
    const box = await opened({ login: { user: 'apikey', password: 'wrong battery' } });

    const sent = await smtpMailer(box.settings, memoryLog(), PATIENT).send(MESSAGE);

    expect(sent).toMatchObject({ ok: false, error: expect.stringContaining('535 5.7.8') });
    expect(JSON.stringify(sent)).not.toContain('wrong battery');
  });
});

describe('a server that cannot be used', () => {
  it('is named where nothing listens', async () => {
    const box = await mailbox();
    await box.close();

    const sent = await smtpMailer(box.settings, memoryLog(), PATIENT).send(MESSAGE);

    const place = `127.0.0.1:${box.settings.server.port}`;
    expect(sent).toEqual({
      ok: false,
      error: `the mail server ${place} could not be used: nothing listens there`,
    });
  });

  it.each([
    ['never greets', null, { connectMs: 100, silenceMs: 9000, totalMs: 9000 }, 'it did not answer in time'],
    ['falls silent', '', { connectMs: 9000, silenceMs: 100, totalMs: 9000 }, 'it did not answer in time'],
    [
      'talks without an end',
      '250-wait\r\n',
      { connectMs: 9000, silenceMs: 9000, totalMs: 200 },
      'it took too long',
    ],
  ])('is given up where it %s', async (_case, drip, timeouts, words) => {
    const settings = settingsFor(await silentServer(drip));

    const sent = await smtpMailer(settings, memoryLog(), timeouts).send(MESSAGE);

    expect(sent).toMatchObject({ ok: false, error: expect.stringContaining(words) });
  });

  it('gets neither login nor mail where encryption is required and it offers none', async () => {
    const box = await opened();
    const settings = { ...box.settings, server: { ...box.settings.server, tls: 'required' as const } };

    const sent = await smtpMailer(settings, memoryLog(), PATIENT).send(MESSAGE);

    expect(sent).toMatchObject({ ok: false, error: expect.stringContaining('could not be encrypted') });
    expect(box.logins).toEqual([]);
    expect(box.mails).toEqual([]);
  });

  it('gets a login where it is on this machine', async () => {
    const box = await opened();

    await smtpMailer(box.settings, memoryLog(), PATIENT).send(MESSAGE);

    expect(box.logins).toEqual([USER.user]);
  });
});

/** The width and height that the header of a PNG says. */
function sizeOfPng(content: ArrayBuffer | Uint8Array | string | undefined) {
  if (content === undefined || typeof content === 'string') throw new Error('the picture has no bytes');
  const bytes = Buffer.from(content instanceof Uint8Array ? content : new Uint8Array(content));
  expect(bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  expect(bytes.length).toBeGreaterThan(5_000);
  expect(bytes.length).toBeLessThan(200_000);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}
