// Words for people: where they go, what GitHub Actions makes of them, and what must never be shown.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  printable,
  secretsOf,
  type TerminalLogOptions,
  terminalLog,
  withoutSecrets,
} from '../../../src/adapters/terminal/log.ts';

function logged(options: Partial<TerminalLogOptions> & { isTTY?: boolean } = {}) {
  let text = '';
  const sink = {
    isTTY: options.isTTY,
    write(part: string) {
      text += part;
    },
  };
  const log = terminalLog({ annotate: false, secrets: [], sink, ...options });
  return { log, text: () => text };
}

describe('terminalLog', () => {
  it('writes one line per message and names warnings and errors', () => {
    const { log, text } = logged();

    log.info('three rows');
    log.warn('one is stale');
    log.error('no disk');

    expect(text()).toBe('three rows\nwarning: one is stale\nerror: no disk\n');
  });

  it('writes escaped workflow commands inside GitHub Actions, and plain lines for information', () => {
    const { log, text } = logged({ annotate: true });

    log.info('fine');
    log.warn('50 % lost\r\n::error::not a command of its own');
    log.error('a\nb');

    expect(text()).toBe(
      'fine\n::warning::50 %25 lost%0D%0A::error::not a command of its own\n::error::a%0Ab\n',
    );
  });

  it('erases the bar of a terminal before it writes', () => {
    const { log, text } = logged({ isTTY: true });

    log.info('hello');

    expect(text()).toBe('\r\u001b[Khello\n');
  });

  it('never shows a secret, in no kind of message', () => {
    const { log, text } = logged({ annotate: true, secrets: ['hunter2hunter2'] });

    log.info('a hunter2hunter2');
    log.warn('b hunter2hunter2');
    log.error('c hunter2hunter2');

    expect(text()).toBe('a ***\n::warning::b ***\n::error::c ***\n');
  });
});

describe('printable', () => {
  it.each([
    ['an escape sequence', '\u001b[31mred', '\ufffd[31mred'],
    ['a lone carriage return', 'safe\rfake', 'safe\ufffdfake'],
    ['a C1 control', 'a\u009bb', 'a\ufffdb'],
    ['Windows line ends', 'a\r\nb\tc', 'a\nb\tc'],
    ['a workflow command', 'a\n  ::set-output name=x::1', 'a\n  :\u200b:set-output name=x::1'],
    ['an older workflow command', '##[error]x', '#\u200b#[error]x'],
    ['ordinary text', 'BTC/USDT:USDT a::b – ok', 'BTC/USDT:USDT a::b – ok'],
  ])('defuses %s', (_case, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('leaves no control character but newline and tab, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const controls = Array.from(printable(text)).filter((char) => /\p{Cc}/u.test(char));

        expect(controls.every((char) => char === '\n' || char === '\t')).toBe(true);
      }),
    );
  });
});

describe('secrets', () => {
  it('takes the values of variables whose names say so, and leaves short settings alone', () => {
    const env = {
      GITHUB_TOKEN: 'ghs_0123456789',
      ALPACA_SECRET_KEY: 'abcdefgh1',
      alpaca_key: 'abcdefgh2',
      KEYBOARD: 'dvorak-layout',
      DEBUG_TOKEN: 'true',
      PATH: '/usr/bin:/bin',
      APP_PRIVATE_KEY: undefined,
    };

    const secrets = secretsOf(env);

    expect(secrets).toEqual(['ghs_0123456789', 'abcdefgh1', 'abcdefgh2']);
  });

  it('takes the login out of an address, as it is written and as it is meant', () => {
    const secrets = secretsOf({
      SMTP_URL: 'smtps://apikey:SG.a%2Fb@c@smtp.example.org:465',
      HTTPS_PROXY: 'http://only-a-token@proxy.example.org',
      BROKEN: 'smtp://ada:100%safe@host',
      SHORT: 'smtp://a:b@host',
      HOME_PAGE: 'https://example.org/@ada:secret1',
    });

    expect(secrets).toEqual([
      'apikey:SG.a%2Fb@c',
      'SG.a%2Fb@c',
      'SG.a/b@c',
      'only-a-token',
      'ada:100%safe',
      '100%safe',
    ]);
  });

  it('hides the longer of two secrets that overlap as a whole', () => {
    const text = withoutSecrets('x=abcdefgh-long', ['abcdefgh', 'abcdefgh-long']);

    expect(text).toBe('x=***');
  });
});
