// The alpha event: what agents may send, what is made of it, and that one signal has one id.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlphaEvent,
  contentSha256,
  eventLine,
  lookalikeKeys,
  parseAlphaEvent,
  streamKey,
} from '../../src/domain/event.ts';
import { problemText } from '../../src/domain/problem.ts';
import { isoFromMs } from '../../src/domain/time.ts';

const RAW = {
  ts: '2026-11-21T10:00:00Z',
  agent: 'trend-ema',
  run_id: 'r1',
  symbol: 'BTC/USDT',
  market: 'spot',
  direction: 'LONG',
  score_final: 0.8,
  confidence: 0.6,
  regime: 'TREND',
};

function read(raw: unknown): AlphaEvent {
  const parsed = parseAlphaEvent(raw);
  if (!parsed.ok) throw new Error(parsed.error.map(problemText).join('; '));
  return parsed.value;
}

function problemsOf(raw: unknown): readonly string[] {
  const parsed = parseAlphaEvent(raw);
  return parsed.ok ? [] : parsed.error.map(problemText);
}

describe('parseAlphaEvent', () => {
  it('completes an event of the present shape', () => {
    const event = read(RAW);

    expect(event).toMatchObject({ v: 1, ts: '2026-11-21T10:00:00.000Z', direction: 'LONG', market: 'spot' });
    expect(event.event_id).toMatch(/^[0-9a-f]{64}$/);
  });

  it('accepts the older shape, without v, event_id, market, run_id and regime', () => {
    const legacy = { ts: '2026-11-21T10:00:00Z', agent: 'a', symbol: 'BTC/USDT', direction: 'buy' };

    expect(read(legacy)).toMatchObject({
      v: 1,
      market: 'spot',
      direction: 'LONG',
      run_id: null,
      score_final: null,
      confidence: null,
      regime: 'unknown',
    });
  });

  it.each([
    ['LONG', 'LONG'],
    ['buy', 'LONG'],
    ['Up', 'LONG'],
    [1, 'LONG'],
    ['1', 'LONG'],
    ['+1', 'LONG'],
    [' long ', 'LONG'],
    ['SHORT', 'SHORT'],
    ['sell', 'SHORT'],
    ['DOWN', 'SHORT'],
    [-1, 'SHORT'],
    ['-1', 'SHORT'],
    ['flat', 'FLAT'],
    [0, 'FLAT'],
    ['0', 'FLAT'],
  ])('reads the direction %j as %s', (direction, expected) => {
    expect(read({ ...RAW, direction }).direction).toBe(expected);
  });

  it.each(['NEUTRAL', 'CLOSE', '', 'LONGSHORT', 2, 0.5, null, true, {}, 'constructor', '__proto__'])(
    'refuses the direction %j and never takes it for a short',
    (direction) => {
      const problems = problemsOf({ ...RAW, direction });

      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/^direction: .*expected LONG, SHORT or FLAT/);
    },
  );

  it('suggests the direction that was probably meant', () => {
    expect(problemsOf({ ...RAW, direction: 'LNOG' })[0]).toContain('did you mean LONG?');
  });

  it('says that a direction is missing', () => {
    const { direction: _, ...rest } = RAW;

    expect(problemsOf(rest)).toEqual(['direction: is missing; expected LONG, SHORT or FLAT']);
  });

  it('names every problem at once, one per place', () => {
    const problems = problemsOf({
      ...RAW,
      ts: '2026-11-21T10:00:00',
      agent: '',
      direction: 'x',
      confidence: 'high',
    });

    expect(problems.map((text) => text.split(':')[0])).toEqual(['ts', 'direction', 'agent', 'confidence']);
  });

  it('refuses a number as text: a guess about a number is a wrong number', () => {
    expect(problemsOf({ ...RAW, score_final: '0.8' })).toEqual(['score_final: "0.8" must be number']);
  });

  it('refuses numbers that JSON cannot hold without stopping the reader', () => {
    expect(problemsOf(JSON.parse('{"score_final":1e999}'))[0]).toContain('not a finite number');
  });

  it.each([[null], [[]], ['text'], [3], [undefined]])('refuses %j, which is no object', (raw) => {
    expect(problemsOf(raw)[0]).toContain('expected a JSON object');
  });

  it.each([
    ['control characters in an agent', { agent: 'a\u0000b' }, 'agent'],
    ['an agent of 129 characters', { agent: 'a'.repeat(129) }, 'agent'],
    ['a path as symbol', { symbol: '../../etc/passwd' }, 'symbol'],
    ['a symbol with markup', { symbol: '<b>' }, 'symbol'],
    ['a market nobody knows', { market: 'futures' }, 'market'],
    ['a version from the future', { v: 2 }, 'v'],
    ['meta that is no object', { meta: [1] }, 'meta'],
  ])('refuses %s', (_case, fields, path) => {
    expect(problemsOf({ ...RAW, ...fields })[0]?.split(':')[0]).toBe(path);
  });

  it('keeps keys that are not fields of an event under meta, beside the meta that was sent', () => {
    const event = read({ ...RAW, meta: { note: 'a' }, venue: 'x' });

    expect(event.meta).toEqual({ note: 'a', venue: 'x' });
  });

  it('leaves meta out where there is nothing to keep', () => {
    expect('meta' in read({ ...RAW, meta: {} })).toBe(false);
    expect('meta' in read({ ...RAW, meta: null })).toBe(false);
  });

  it('reads a missing optional field and null as the same event', () => {
    expect(read({ ...RAW, strategy_class: null, expected_pnl_bps: null })).toEqual(read(RAW));
  });
});

describe('the market of the older shape', () => {
  const { market: _, ...LEGACY } = RAW;

  it.each([
    ['BTC/USDT', 'spot'],
    ['BTC/USDT:USDT', 'perp'],
    ['AAPL', 'equity'],
    ['BRK.B', 'equity'],
  ])('is told by the symbol %s: %s', (symbol, market) => {
    expect(read({ ...LEGACY, symbol }).market).toBe(market);
  });

  it('is what the producer says where the symbol does not tell', () => {
    const parsed = parseAlphaEvent({ ...LEGACY, symbol: 'BTCUSDT' }, { market: 'perp' });

    expect(parsed.ok && parsed.value.market).toBe('perp');
  });

  it('is asked for where nothing tells it', () => {
    expect(problemsOf({ ...LEGACY, symbol: 'BTCUSDT' })[0]).toMatch(
      /^market: is missing.*spot \| perp \| equity/,
    );
  });
});

describe('the id of an event', () => {
  it('does not depend on the order of keys', () => {
    const shuffled = Object.fromEntries(Object.entries(RAW).reverse());

    expect(read(shuffled).event_id).toBe(read(RAW).event_id);
  });

  it('does not depend on how the same facts were written', () => {
    const spelled = {
      ...RAW,
      ts: Date.UTC(2026, 10, 21, 10) / 1000,
      direction: ' buy',
      symbol: ' BTC/USDT ',
    };

    expect(read(spelled).event_id).toBe(read(RAW).event_id);
  });

  it('is the one that was given', () => {
    expect(read({ ...RAW, event_id: 'mine-1' }).event_id).toBe('mine-1');
  });

  it('leaves the digest of the content alone', () => {
    const [a, b] = [read({ ...RAW, event_id: 'x' }), read({ ...RAW, event_id: 'y' })];

    expect(contentSha256(a)).toBe(contentSha256(b));
    expect(contentSha256(read({ ...RAW, event_id: 'x', score_final: 0.9 }))).not.toBe(contentSha256(a));
  });

  it.each([
    ['ts', '2026-11-21T10:00:01Z'],
    ['agent', 'other'],
    ['run_id', 'r2'],
    ['symbol', 'ETH/USDT'],
    ['market', 'perp'],
    ['direction', 'SHORT'],
    ['score_final', 0.81],
    ['confidence', 0.61],
    ['regime', 'RANGE'],
    ['strategy_class', 'macro'],
  ])('changes with %s', (field, value) => {
    expect(read({ ...RAW, [field]: value }).event_id).not.toBe(read(RAW).event_id);
  });
});

describe('eventLine', () => {
  it('writes keys in the order of the schema, on one line', () => {
    const line = eventLine(read({ ...RAW, note: 'two\nlines' }));

    expect(line).not.toContain('\n');
    expect(Object.keys(JSON.parse(line))).toEqual([
      'v',
      'event_id',
      'ts',
      'agent',
      'run_id',
      'symbol',
      'market',
      'direction',
      'score_final',
      'confidence',
      'regime',
      'meta',
    ]);
  });

  it('gives back the same event when its line is read again', () => {
    const word = fc.string({ minLength: 1, maxLength: 20 });
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const raw = fc.record(
      {
        ts: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 0, 1) }).map(isoFromMs),
        agent: word,
        symbol: fc.constantFrom('BTC/USDT', 'ETH/USDT:USDT', 'AAPL', 'BTC/USD:BTC'),
        direction: fc.constantFrom('LONG', 'sell', 1, 0, 'FLAT'),
        run_id: fc.option(word),
        score_final: fc.option(number),
        confidence: fc.option(number),
        regime: word,
        strategy_class: word,
        expected_pnl_bps: number,
        meta: fc.dictionary(fc.string(), fc.jsonValue()),
        event_id: word,
      },
      { requiredKeys: ['ts', 'agent', 'symbol', 'direction'] },
    );
    fc.assert(
      fc.property(raw, (given) => {
        const event = read(given);
        const again = read(JSON.parse(eventLine(event)));

        expect(eventLine(again)).toBe(eventLine(event));
        expect(again.event_id).toBe(event.event_id);
        expect(contentSha256(again)).toBe(contentSha256(event));
      }),
    );
  });
});

describe('streamKey', () => {
  it('is one for the spellings of an instrument, and another for its other market', () => {
    const [spot, plain] = [read(RAW), read({ ...RAW, symbol: 'btc-usdt' })];

    expect(streamKey(plain)).toBe(streamKey(spot));
    expect(streamKey({ ...spot, market: 'perp' })).not.toBe(streamKey(spot));
    expect(streamKey({ ...spot, agent: 'other' })).not.toBe(streamKey(spot));
  });
});

describe('lookalikeKeys', () => {
  it.each([
    ['scoreFinal', 'score_final'],
    ['score', 'score_final'],
    ['Confidense', 'confidence'],
    ['strategyClass', 'strategy_class'],
  ])('finds %s, which is kept under meta while %s is missing', (key, field) => {
    const bare = { ...RAW, score_final: null, confidence: null };

    expect(lookalikeKeys(read({ ...bare, [key]: 1 }))).toEqual([{ key, field }]);
  });

  it.each(['edge_bps', 'note', 'venue', 'ms'])('leaves %s alone', (key) => {
    expect(lookalikeKeys(read({ ...RAW, [key]: 1 }))).toEqual([]);
  });

  it('says nothing of a key whose field is there as well', () => {
    expect(lookalikeKeys(read({ ...RAW, score_final: 0.5, score: 1 }))).toEqual([]);
  });
});
