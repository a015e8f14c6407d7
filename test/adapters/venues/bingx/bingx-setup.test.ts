// What an account is opened with: real money only with two keys, variables before settings, and no key in any refusal.

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bingxSetupFrom, strayVariables } from '../../../../src/adapters/venues/bingx/bingx-setup.ts';
import { Pink } from '../../../../src/domain/pink-settings.ts';
import { validate } from '../../../../src/domain/validate.ts';
import { BINGX_URLS, type VenueSettings } from '../../../../src/domain/venue-settings.ts';

function settings(changed: object = {}): VenueSettings {
  const checked = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'], ...changed } });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value.venue;
}

const KEYS = { BINGX_API_KEY: 'key-of-the-account', BINGX_API_SECRET: 'secret-of-the-account' };
const ofDemo = (env: object = {}, changed: object = {}) =>
  bingxSetupFrom(settings({ environment: 'demo', ...changed }), 'demo', { ...KEYS, ...env });
const ofLive = (env: object = {}) =>
  bingxSetupFrom(settings({ environment: 'live' }), 'live', { ...KEYS, ...env });

describe('real money', () => {
  it.each([{}, { PINK_LIVE: '' }, { PINK_LIVE: '0' }, { PINK_LIVE: 'true' }, { PINK_LIVE: ' 1' }])(
    'is not touched with %j, and both keys and paper are named',
    (env) => {
      expect(ofLive(env)).toMatchObject({
        ok: false,
        error: expect.stringMatching(/venue\.environment: live.*PINK_LIVE=1.*paper, which is the default/),
      });
    },
  );

  it('trades with both keys, at the hosts of real money and in its asset', () => {
    expect(ofLive({ PINK_LIVE: '1' })).toMatchObject({
      ok: true,
      value: { environment: 'live', ...BINGX_URLS.live, marginAsset: 'USDT' },
    });
  });

  it('is not asked for through the hosts of the demo', () => {
    expect(ofLive({ PINK_LIVE: '1', BINGX_REST_URL: 'https://open-api-vst.bingx.com' })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^BINGX_REST_URL: open-api-vst\.bingx\.com is the demo/),
    });
  });
});

describe('the demo', () => {
  it('needs no second key, and counts in VST', () => {
    expect(ofDemo()).toMatchObject({ ok: true, value: { ...BINGX_URLS.demo, marginAsset: 'VST' } });
  });

  it('is never pointed at real money', () => {
    expect(ofDemo({ BINGX_REST_URL: 'https://open-api.bingx.com' })).toMatchObject({ ok: false });
    expect(ofDemo({ BINGX_STREAM_URL: BINGX_URLS.live.streamUrl })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^BINGX_STREAM_URL: /),
    });
  });

  it('may count in what the settings say', () => {
    expect(ofDemo({}, { margin_asset: 'USDT' })).toMatchObject({ value: { marginAsset: 'USDT' } });
  });
});

describe('addresses', () => {
  it('of the settings stand in place of BingX’s, and variables in place of those', () => {
    const changed = { rest_urls: ['http://127.0.0.1:1'], stream_url: 'ws://127.0.0.1:1/own' };

    expect(ofDemo({}, changed)).toMatchObject({
      value: { restUrls: ['http://127.0.0.1:1'], streamUrl: 'ws://127.0.0.1:1/own' },
    });
    expect(ofDemo({ BINGX_REST_URL: 'http://127.0.0.1:2/, http://127.0.0.1:3' }, changed)).toMatchObject({
      value: {
        restUrls: ['http://127.0.0.1:2', 'http://127.0.0.1:3'],
        streamUrl: 'ws://127.0.0.1:2/swap-market',
      },
    });
    expect(ofDemo({ BINGX_STREAM_URL: 'ws://127.0.0.1:4/own' }, changed)).toMatchObject({
      value: { restUrls: ['http://127.0.0.1:1'], streamUrl: 'ws://127.0.0.1:4/own' },
    });
  });

  it.each([
    [{ BINGX_REST_URL: 'http://example.com' }, /^BINGX_REST_URL: http:\/\/example\.com is not encrypted/],
    [{ BINGX_REST_URL: 'a,b,c' }, /^BINGX_REST_URL names 3 hosts/],
    [{ BINGX_STREAM_URL: 'ws://127.0.0.1:1/a,ws://127.0.0.1:1/b' }, /^BINGX_STREAM_URL names 2 addresses/],
  ])('are refused as %j', (env, expected) => {
    expect(ofDemo(env)).toMatchObject({ ok: false, error: expect.stringMatching(expected) });
  });

  it('that are set for paper are named, for nobody would be asked there', () => {
    expect(strayVariables({})).toBeNull();
    expect(strayVariables({ BINGX_REST_URL: ' ' })).toBeNull();
    expect(strayVariables({ BINGX_REST_URL: 'http://127.0.0.1:1' })).toMatch(
      /BINGX_REST_URL is set, but .* paper/,
    );
  });
});

describe('the key of the account', () => {
  it.each([
    [{ BINGX_API_KEY: '' }, /^BINGX_API_KEY is not set; make a key at BingX/],
    [{ BINGX_API_KEY: undefined, BINGX_API_SECRET: ' ' }, /^BINGX_API_KEY and BINGX_API_SECRET are not set/],
  ])('is missed as %j', (env, expected) => {
    expect(ofDemo(env)).toMatchObject({ ok: false, error: expect.stringMatching(expected) });
  });

  it('is taken without the white space around it', () => {
    const setup = ofDemo({ BINGX_API_KEY: ' key-of-the-account\n' });

    expect(setup.ok && setup.value.credentials.apiKey.reveal()).toBe('key-of-the-account');
  });

  it('with characters that no header takes is refused without being shown', () => {
    const setup = ofDemo({ BINGX_API_SECRET: 'secret of\nthe account' });

    expect(setup).toMatchObject({
      ok: false,
      error: expect.stringContaining('BINGX_API_SECRET holds characters'),
    });
    expect(JSON.stringify(setup)).not.toContain('secret of');
  });

  it('is hidden in every form that a setup may be printed in', () => {
    const setup = ofDemo();

    expect(`${JSON.stringify(setup)} ${inspect(setup, { depth: 9 })}`).not.toMatch(/of-the-account/);
  });
});
