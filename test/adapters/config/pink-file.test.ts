// pink.yaml: what ships is paper and nothing else, and whatever a person gets wrong is answered with place and next step.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configProblemText, loadPink } from '../../../src/adapters/config/config-files.ts';

const SHIPPED_DIR = new URL('../../../config/', import.meta.url).pathname;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'warden-pink-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The problems of the shipped file with one text replaced. */
function problemsWith(from: string, to: string): readonly string[] {
  const shipped = readFileSync(join(SHIPPED_DIR, 'pink.yaml'), 'utf8');
  expect(shipped).toContain(from);
  writeFileSync(join(dir, 'pink.yaml'), shipped.replace(from, to));
  const loaded = loadPink(dir);
  return loaded.ok ? [] : loaded.error.map((problem) => configProblemText(problem).slice(dir.length + 1));
}

describe('the shipped pink.yaml', () => {
  it('trades on paper, one-way, on an account of its own', () => {
    expect(loadPink(SHIPPED_DIR)).toMatchObject({
      ok: true,
      value: {
        version: 1,
        venue: {
          environment: 'paper',
          symbols: ['BTC-USDT'],
          position_mode: 'one_way',
          account: 'exclusive',
          instance: 'pink',
          cancel_all_after_seconds: null,
        },
      },
    });
  });

  it('says what everything that is left out comes to, but for quicker bars of its simulated feed', () => {
    const shipped = loadPink(SHIPPED_DIR);
    writeFileSync(
      join(dir, 'pink.yaml'),
      'version: 1\nvenue: { symbols: [BTC-USDT] }\nfeed: { simulated: { bar: 5s } }\n',
    );

    expect(loadPink(dir)).toEqual(shipped);
  });

  it('holds in its comments what takes effect without their marks', () => {
    expect(problemsWith('  # margin_asset: USDT', '  margin_asset: USDT')).toEqual([]);
    expect(
      problemsWith(
        '  environment: paper',
        '  rest_urls: [http://127.0.0.1:8080]\n  stream_url: ws://127.0.0.1:8080/swap-market\n  environment: demo',
      ),
    ).toEqual([]);
  });

  it.each([
    [
      'environment: paper',
      'environment: papr',
      /^pink\.yaml:\d+:\d+ venue\.environment: "papr" is not allowed; .*did you mean "paper"/,
    ],
    [
      'position_mode: one_way',
      'postion_mode: one_way',
      /^pink\.yaml:\d+:3 venue\.postion_mode: .*did you mean "position_mode"/,
    ],
    [
      'symbols: [BTC-USDT]',
      'symbols: [btc]',
      /^pink\.yaml:\d+:\d+ venue\.symbols\.0: "btc" does not have the expected form/,
    ],
    ['account: exclusive', 'account: shared\n  api_key: abc', /^pink\.yaml:\d+:3 venue\.api_key: /],
    [
      'cancel_all_after_seconds: null',
      'cancel_all_after_seconds: 5',
      /^pink\.yaml:\d+:\d+ venue\.cancel_all_after_seconds: /,
    ],
    ['version: 1', 'version: 2', /^pink\.yaml:\d+:1 version: /],
  ])('refuses %s written as %s', (from, to, expected) => {
    expect(problemsWith(from, to).join('\n')).toMatch(expected);
  });
});

describe('a folder without pink.yaml', () => {
  it('is a problem with the next step, since where orders go is never guessed', () => {
    const loaded = loadPink(dir);

    expect(loaded.ok ? [] : loaded.error.map(configProblemText)).toEqual([
      expect.stringMatching(
        /pink\.yaml: there is no such file in .*; expected how PINK trades, .*copy the pink\.yaml/,
      ),
    ]);
  });
});
