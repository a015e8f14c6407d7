// What the app asks of its environment and of its registration, and how it says what is missing.

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appSettingsFrom } from '../../src/app/app-settings.ts';
import { NEEDED_EVENTS, NEEDED_PERMISSIONS } from '../../src/app/manifest.ts';
import { installationProblems, registrationProblems } from '../../src/app/start-checks.ts';

const { privateKey: PEM } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const { privateKey: EC_PEM } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const GOOD = {
  WARDEN_APP_ID: '12345',
  WARDEN_APP_PRIVATE_KEY: PEM,
  WEBHOOK_SECRET: '8f0c1d7a5b6e4c3f9a2d1e0b7c6a5f4d',
};

function problemsOf(changes: Readonly<Record<string, string | undefined>>): readonly string[] {
  const settings = appSettingsFrom({ ...GOOD, ...changes }, '/srv');
  return settings.ok ? [] : settings.error;
}

describe('the settings of the app', () => {
  it('have defaults for all but the identity and the secret', () => {
    expect(appSettingsFrom(GOOD, '/srv')).toMatchObject({
      ok: true,
      value: {
        appId: 12345,
        host: '127.0.0.1',
        port: 3000,
        dir: '/srv/warden-app',
        apiUrl: 'https://api.github.com',
        serverUrl: 'https://github.com',
      },
    });
  });

  it('take what is empty as not set: no door to every network, and no queue in the working folder', () => {
    const empty = { HOST: '', PORT: ' ', WARDEN_APP_DIR: '', GITHUB_API_URL: '', GITHUB_SERVER_URL: '' };

    expect(appSettingsFrom({ ...GOOD, ...empty }, '/srv')).toEqual(appSettingsFrom(GOOD, '/srv'));
  });

  it('take a server on this machine without TLS', () => {
    const local = { GITHUB_API_URL: 'http://127.0.0.1:8080/api/', GITHUB_SERVER_URL: 'http://[::1]:8080' };

    expect(appSettingsFrom({ ...GOOD, ...local }, '/srv')).toMatchObject({
      value: { apiUrl: 'http://127.0.0.1:8080/api', serverUrl: 'http://[::1]:8080' },
    });
  });

  it('take a key whose line ends are written out', () => {
    const settings = appSettingsFrom(
      { ...GOOD, WARDEN_APP_PRIVATE_KEY: PEM.replaceAll('\n', '\\n') },
      '/srv',
    );

    expect(settings.ok && settings.value.privateKey.trim()).toBe(PEM.trim());
  });

  it.each([
    ['no secret', { WEBHOOK_SECRET: undefined }, 'WEBHOOK_SECRET is not set'],
    ['an empty secret', { WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET is not set'],
    ['the public default of Probot', { WEBHOOK_SECRET: 'development' }, 'everybody knows'],
    ['the same in capitals', { WEBHOOK_SECRET: 'DEVELOPMENT' }, 'everybody knows'],
    ['one letter again and again', { WEBHOOK_SECRET: 'x'.repeat(40) }, 'everybody knows'],
    ['a public word twice', { WEBHOOK_SECRET: 'changeme-changeme' }, 'everybody knows'],
    ['a public word and little else', { WEBHOOK_SECRET: 'webhook-secret-2026' }, 'is not random'],
    ['two letters again and again', { WEBHOOK_SECRET: 'abababababababababab' }, 'is not random'],
    ['blanks', { WEBHOOK_SECRET: ' '.repeat(40) }, 'WEBHOOK_SECRET is not set'],
    ['an end of line', { WEBHOOK_SECRET: `${GOOD.WEBHOOK_SECRET}\n` }, 'ends with white space'],
    ['fifteen characters', { WEBHOOK_SECRET: 'abcdefghijklmno' }, 'has 15 characters, expected at least 16'],
    ['no app', { WARDEN_APP_ID: undefined }, 'WARDEN_APP_ID is not set'],
    ['a client id', { WARDEN_APP_ID: 'Iv23abc' }, 'not the Client ID'],
    ['no key', { WARDEN_APP_PRIVATE_KEY: undefined }, 'WARDEN_APP_PRIVATE_KEY is not set'],
    ['half a key', { WARDEN_APP_PRIVATE_KEY: PEM.slice(0, 400) }, 'WARDEN_APP_PRIVATE_KEY'],
    ['another kind of key', { WARDEN_APP_PRIVATE_KEY: EC_PEM }, 'WARDEN_APP_PRIVATE_KEY'],
    ['a port that is none', { PORT: '70000' }, 'PORT is no port'],
    ['a port in another notation', { PORT: '0x10' }, 'PORT is no port but "0x10"'],
    ['an id in another notation', { WARDEN_APP_ID: '1e3' }, 'WARDEN_APP_ID is no number'],
    ['an address with a login', { GITHUB_API_URL: 'https://me:abcdefghijklmno@ghe.example' }, 'has a login'],
    ['an address without TLS', { GITHUB_API_URL: 'http://ghe.example/api/v3' }, 'is not encrypted'],
    ['another place without TLS', { GITHUB_SERVER_URL: 'http://127.0.0.1.example' }, 'is not encrypted'],
    ['an address that is an option', { GITHUB_SERVER_URL: '--upload-pack=id' }, 'is no address'],
    ['an address that is none', { GITHUB_API_URL: 'github' }, 'GITHUB_API_URL is no address'],
    ['an address of a file', { GITHUB_SERVER_URL: 'file:///etc' }, 'GITHUB_SERVER_URL is no address'],
  ])('are refused with %s, without showing any of it', (_what, changes, words) => {
    const problems = problemsOf(changes);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
    expect(problems[0]).not.toContain('abcdefghijklmno');
    expect(problems[0]).not.toContain(PEM.slice(60, 100));
  });

  it('are told with all their problems at once', () => {
    expect(appSettingsFrom({}, '/srv')).toMatchObject({ ok: false, error: { length: 3 } });
  });
});

const GRANTED = Object.fromEntries(NEEDED_PERMISSIONS.map(({ name, level }) => [name, level]));
const EVENTS = NEEDED_EVENTS.map(({ name }) => name);

describe('the registration of the app', () => {
  it('is enough with what the manifest asks for, and with more', () => {
    const more = { ...GRANTED, metadata: 'write', checks: 'admin', actions: 'write' };

    expect(registrationProblems({ id: 1, slug: 'warden', permissions: GRANTED, events: EVENTS })).toEqual([]);
    expect(
      registrationProblems({ id: 1, slug: 'warden', permissions: more, events: [...EVENTS, 'star'] }),
    ).toEqual([]);
  });

  it.each(NEEDED_PERMISSIONS)('lacks $name where it is not granted, or granted less', ({ name, level }) => {
    const { [name]: _without, ...rest } = GRANTED;
    const none = registrationProblems({ id: 1, slug: 'w', permissions: rest, events: EVENTS });
    const less = registrationProblems({
      id: 1,
      slug: 'w',
      permissions: { ...GRANTED, [name]: level === 'write' ? 'read' : 'none' },
      events: EVENTS,
    });

    expect(none).toHaveLength(1);
    expect(none[0]).toContain(`the permission ${name}: ${level} and has none`);
    expect(less).toHaveLength(1);
  });

  it.each(NEEDED_EVENTS)('lacks $name where it is not subscribed', ({ name }) => {
    const events = EVENTS.filter((event) => event !== name);

    const problems = registrationProblems({ id: 1, slug: 'w', permissions: GRANTED, events });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`not subscribed to the event ${name}`);
  });
});

describe('an installation', () => {
  const WHERE = { id: 7, url: 'https://github.com/organizations/acme/settings/installations/7' };

  it('is enough where everything was accepted', () => {
    expect(installationProblems({ ...WHERE, permissions: GRANTED, events: EVENTS })).toEqual([]);
  });

  it('that has not accepted a change is named, with all that is lacking and where to accept it', () => {
    const { checks: _checks, ...permissions } = GRANTED;
    const problems = installationProblems({
      ...WHERE,
      permissions: { ...permissions, issues: 'read' },
      events: EVENTS.filter((name) => name !== 'push'),
    });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(
      'the permission checks: write, the permission issues: write, the event push',
    );
    expect(problems[0]).toContain(WHERE.url);
  });
});
