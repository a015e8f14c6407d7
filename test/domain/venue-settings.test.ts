// Where PINK may be pointed: encrypted everywhere but on this machine, and never at real money by mistake.

import { describe, expect, it } from 'vitest';
import { Pink, pinkProblems } from '../../src/domain/pink-settings.ts';
import { validate } from '../../src/domain/validate.ts';
import {
  BINGX_URLS,
  restUrlProblem,
  streamUrlBeside,
  streamUrlProblem,
} from '../../src/domain/venue-settings.ts';

/** The problems of a pink.yaml with this `venue`. */
function problemsOf(venue: object): readonly string[] {
  const checked = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'], ...venue } });
  const problems = checked.ok ? pinkProblems(checked.value) : checked.error;
  return problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('the settings of a venue', () => {
  it('are paper, one-way and exclusive unless somebody says otherwise', () => {
    const checked = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'] } });

    expect(checked.ok && checked.value.venue).toEqual({
      environment: 'paper',
      symbols: ['BTC-USDT'],
      position_mode: 'one_way',
      account: 'exclusive',
      instance: 'pink',
      cancel_all_after_seconds: null,
    });
  });

  it.each([
    [{ environment: 'test' }, /venue\.environment: "test" is not allowed; expected paper \| demo \| live/],
    [{ environment: 'lve' }, /did you mean "live"/],
    [{ symbols: [] }, /venue\.symbols: /],
    [{ symbols: Array.from({ length: 13 }, (_, at) => `C${at}-USDT`) }, /venue\.symbols: /],
    [{ symbols: ['BTCUSDT'] }, /venue\.symbols\.0: .*BTC-USDT/],
    [{ symbols: ['BTC-USDT', 'BTC-USDT'] }, /venue\.symbols: /],
    [{ position_mode: 'net' }, /expected one_way \| hedge/],
    [{ instance: 'Pink 1' }, /venue\.instance: /],
    [{ cancel_all_after_seconds: 5 }, /venue\.cancel_all_after_seconds: /],
    [{ cancel_all_after_seconds: 10.5 }, /venue\.cancel_all_after_seconds: /],
    [{ margin: 'USDT' }, /venue\.margin: .*did you mean "margin_asset"|venue\.margin/],
  ])('refuse %j', (venue, expected) => {
    expect(problemsOf(venue).join('\n')).toMatch(expected);
  });

  it('take a dead man’s switch on an exclusive account alone, since it cancels the orders of others too', () => {
    expect(problemsOf({ cancel_all_after_seconds: 60 })).toEqual([]);
    expect(problemsOf({ cancel_all_after_seconds: 60, account: 'shared' })).toEqual([
      expect.stringContaining('venue.cancel_all_after_seconds: would cancel the orders of others'),
    ]);
  });

  it('take no address for paper, which asks nobody', () => {
    expect(
      problemsOf({ rest_urls: ['http://127.0.0.1:1'], stream_url: 'ws://127.0.0.1:1/swap-market' }),
    ).toEqual([
      expect.stringContaining('venue.rest_urls: is for demo and live'),
      expect.stringContaining('venue.stream_url: is for demo and live'),
    ]);
  });

  it('say which address of several is wrong', () => {
    expect(
      problemsOf({
        environment: 'demo',
        rest_urls: ['https://open-api-vst.bingx.com', 'https://open-api.bingx.com'],
      }),
    ).toEqual([expect.stringContaining('venue.rest_urls.1: open-api.bingx.com is where real money trades')]);
  });
});

describe('an address', () => {
  it('of BingX fits its own environment and no other', () => {
    for (const [environment, other] of [
      ['demo', 'live'],
      ['live', 'demo'],
    ] as const) {
      for (const url of BINGX_URLS[environment].restUrls) {
        expect(restUrlProblem(environment, url)).toBeNull();
        expect(restUrlProblem(other, url)).toContain(`venue.environment is ${other}`);
      }
      expect(streamUrlProblem(environment, BINGX_URLS[environment].streamUrl)).toBeNull();
      expect(streamUrlProblem(other, BINGX_URLS[environment].streamUrl)).toContain(
        `venue.environment is ${other}`,
      );
    }
  });

  it.each([
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]:8080',
    'https://proxy.example.com',
  ])('may be %s', (url) => {
    expect(restUrlProblem('demo', url)).toBeNull();
    expect(restUrlProblem('live', url)).toBeNull();
  });

  it.each([
    ['http://open-api-vst.bingx.com', /is not encrypted; expected https/],
    ['http://127.0.0.1.example.com', /is not encrypted/],
    ['http://localhost.example.com', /is not encrypted/],
    ['ftp://127.0.0.1', /is of another kind/],
    ['open-api-vst.bingx.com', /is no address; expected e\.g\. https:\/\/open-api-vst\.bingx\.com/],
    ['https://user:pass@proxy.example.com', /holds a login/],
    ['https://proxy.example.com?key=abc', /has a query/],
    ['https://proxy.example.com/api', /has a path; expected an origin/],
    ['', /is no address/],
  ])('is not %s', (url, expected) => {
    expect(restUrlProblem('demo', url)).toMatch(expected);
  });

  it('is never shown with what may be a secret in it', () => {
    for (const url of ['https://user:hunter22@proxy.example.com', 'https://proxy.example.com?key=hunter22'])
      expect(restUrlProblem('demo', url)).not.toContain('hunter22');
  });

  it('of a stream has another scheme', () => {
    expect(streamUrlProblem('demo', 'ws://127.0.0.1:8080/swap-market')).toBeNull();
    expect(streamUrlProblem('demo', 'ws://example.com/swap-market')).toMatch(
      /is not encrypted; expected wss/,
    );
    expect(streamUrlProblem('demo', 'https://example.com')).toMatch(/is of another kind/);
  });

  it('of a stream that nobody named is that of BingX, or on this machine that on the same port', () => {
    expect(streamUrlBeside('live', 'https://open-api.bingx.pro')).toBe(BINGX_URLS.live.streamUrl);
    expect(streamUrlBeside('demo', 'https://proxy.example.com')).toBe(BINGX_URLS.demo.streamUrl);
    expect(streamUrlBeside('demo', 'http://127.0.0.1:8080')).toBe('ws://127.0.0.1:8080/swap-market');
  });
});
