// Mail settings from the environment: what turns mail on, what is refused, and that a refusal never repeats a secret.

import { describe, expect, it } from 'vitest';
import { mailSettingsFrom, senderDomain } from '../../../src/adapters/mail/mail-settings.ts';

const ENV = {
  SMTP_URL: 'smtps://apikey:SG.s%2Fecret@smtp.sendgrid.net:465',
  MAIL_FROM: 'Warden <warden@example.org>',
  META_EMAIL_TO: 'ada@example.org, grace@example.org,ada@example.org',
};

function serverOf(SMTP_URL: string) {
  const settings = mailSettingsFrom({ ...ENV, SMTP_URL });
  return settings.ok ? settings.value?.server : settings.error;
}

describe('mailSettingsFrom', () => {
  it('reads server, sender and recipients', () => {
    expect(mailSettingsFrom(ENV)).toEqual({
      ok: true,
      value: {
        server: {
          host: 'smtp.sendgrid.net',
          port: 465,
          tls: 'implicit',
          login: { user: 'apikey', password: 'SG.s/ecret' },
        },
        from: { name: 'Warden', address: 'warden@example.org' },
        to: ['ada@example.org', 'grace@example.org'],
      },
    });
  });

  it('is off where nothing is set, or all is empty as missing secrets of a workflow are', () => {
    expect(mailSettingsFrom({})).toEqual({ ok: true, value: null });
    expect(mailSettingsFrom({ SMTP_URL: '', MAIL_FROM: ' ', META_EMAIL_TO: '' })).toEqual({
      ok: true,
      value: null,
    });
  });

  it.each([
    ['smtps://host', { host: 'host', port: 465, tls: 'implicit', login: null }],
    ['smtp://host', { host: 'host', port: 587, tls: 'offered', login: null }],
    ['smtp://u:p@host:25', { port: 25, tls: 'required', login: { user: 'u', password: 'p' } }],
    ['smtp://u:p@localhost:25', { tls: 'none' }],
    ['smtp://u:p@127.0.0.1:25', { tls: 'none' }],
    ['smtp://u:p@[::1]:25', { host: '::1', tls: 'none' }],
    ['smtp://u:p@127.0.0.1.example.org:25', { tls: 'required' }],
    ['smtps://u:p@127.0.0.1:465', { tls: 'implicit' }],
  ])('reads %s', (url, server) => {
    expect(serverOf(url)).toMatchObject(server);
  });

  it.each([
    'smtp.example.org:587',
    'https://u:hunter2hunter2@host',
    'smtp://u:hunter2hunter2@host/path',
    'smtp://u:hunter2hunter2@host?tls.rejectUnauthorized=false',
    'smtp://u:hunter2#hunter2@host',
    'smtp://u:hunter2/hunter2@host',
    'smtp://u:100%hunter2hunter2@host',
    'smtp://hunter2hunter2@host',
    'smtp://:hunter2hunter2@host',
    'smtp://u:hunter2hunter2@host:99999',
    'smtp://',
  ])('refuses %s, and says no part of it', (url) => {
    const refusal = serverOf(url);

    expect(refusal).toMatch(/^SMTP_URL .*; expected e\.g\. smtps:\/\/user:password@/);
    expect(refusal).not.toContain('hunter2');
  });

  it.each([
    [{ ...ENV, META_EMAIL_TO: '' }, 'META_EMAIL_TO is not set, but SMTP_URL or MAIL_FROM is'],
    [{ META_EMAIL_TO: 'a@b.c' }, 'SMTP_URL is not set, but MAIL_FROM or META_EMAIL_TO is'],
    [{ ...ENV, META_EMAIL_TO: 'ada@example.org,,' }, 'META_EMAIL_TO entry 2 is not an address'],
    [{ ...ENV, META_EMAIL_TO: 'ada@example.org\r\nBcc: eve@b.c' }, 'META_EMAIL_TO entry 1 is not an address'],
    [{ ...ENV, MAIL_FROM: 'warden' }, 'MAIL_FROM is not one address'],
    [{ ...ENV, MAIL_FROM: 'a@b.c, d@e.f' }, 'MAIL_FROM is not one address'],
    [{ ...ENV, MAIL_FROM: 'W\r\nBcc: eve@b.c <a@b.c>' }, 'MAIL_FROM is not one address'],
  ])('refuses %j', (env, finding) => {
    const settings = mailSettingsFrom(env);

    expect(settings).toMatchObject({ ok: false, error: expect.stringContaining(finding) });
  });
});

describe('senderDomain', () => {
  it.each([
    ['warden@Example.ORG', 'example.org'],
    ['warden@bücher.example', 'xn--bcher-kva.example'],
    ['warden@_', 'warden.invalid'],
  ])('of %s is %s', (address, domain) => {
    expect(senderDomain({ from: { name: '', address } })).toBe(domain);
  });
});
