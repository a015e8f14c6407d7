// What streams say: every trigger with its limit, its state and since when, the snapshot over all agents, and the worst.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIVERGENCE_TRIGGERS, DivergenceAlert } from '../../src/domain/divergence.ts';
import { HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { divergenceOf, streamAlerts, worstState } from '../../src/supervision/diverge.ts';
import { newStream, type StreamState } from '../../src/supervision/divergence-stream.ts';
import { T0 } from '../builders.ts';
import { anAlert } from '../domain/record-builders.ts';
import { aSignal, drawn, folded, noise, someDivergenceRules } from './signals.ts';

const rules = someDivergenceRules();

function healthy(seed: number, count = 100): StreamState {
  return folded(newStream(), drawn(noise(seed).normal, 0, count));
}

function broken(seed: number, count = 100): StreamState {
  return folded(newStream(), drawn(noise(seed).normal, 0, count, { shift: -1 }));
}

/** Signals that swing by one claimed error each way, whose mean error is `shift` sigma. */
function swinging(from: number, count: number, shift: number, over = {}) {
  return Array.from({ length: count }, (_, index) =>
    aSignal(from + index, shift + (index % 2 === 0 ? 0.8 : -0.8), over),
  );
}

function alertOf(stream: StreamState, trigger: string): DivergenceAlert {
  const found = streamAlerts(stream, 'a', 1, rules).find((each) => each.trigger === trigger);
  if (found === undefined) throw new Error(`no ${trigger}`);
  return found;
}

const exitOf = (index: number): string => isoFromMs(T0 + (index + 1) * HOUR_MS);

describe('streamAlerts', () => {
  it('says nothing of a stream that has seen no signal', () => {
    expect(streamAlerts(newStream(), 'a', 1, rules)).toEqual([]);
    expect(divergenceOf([{ agent: 'a', horizonHours: 1, stream: newStream() }], rules)).toEqual([]);
  });

  it('says INSUFFICIENT, not OK, before min_signals were admitted', () => {
    const states = (count: number) =>
      streamAlerts(healthy(1, count), 'a', 1, rules).map(({ state }) => state);

    expect(states(29)).toEqual(Array.from({ length: 6 }, () => 'INSUFFICIENT'));
    const withoutHits = ['OK', 'OK', 'OK', 'OK', 'INSUFFICIENT', 'OK'];
    expect(states(30)).toEqual(withoutHits);
    expect(states(rules.window + rules.min_signals - 1)).toEqual(withoutHits);
    expect(states(rules.window + rules.min_signals)).toEqual(Array.from({ length: 6 }, () => 'OK'));
  });

  it('has no numbers where no signal could be used', () => {
    const stream = folded(newStream(), [aSignal(0, 1, { sigmaBps: null })]);

    for (const alert of divergenceOf([{ agent: 'a', horizonHours: 1, stream }], rules)) {
      expect(alert).toMatchObject({
        ts: exitOf(0),
        window: 0,
        n_unusable: 1,
        statistic: null,
        mean_abs_error_bps: null,
        mean_error_bps: null,
        state: 'INSUFFICIENT',
        since: null,
      });
    }
  });

  it('counts the signals each trigger looks at', () => {
    const windows = streamAlerts(healthy(1, 100), 'a', 1, rules).map(({ trigger, window }) => [
      trigger,
      window,
    ]);

    expect(Object.fromEntries(windows)).toEqual({
      mean: 100,
      mean_cusum: 100,
      scale: 100,
      scale_window: 80,
      hit: 80,
      rmse: 80,
    });
  });

  it('gives the mean errors of the window in bps', () => {
    const stream = folded(newStream(), [...swinging(0, 50, -5), ...swinging(50, 80, 0.1)]);

    expect(alertOf(stream, 'rmse')).toMatchObject({ mean_abs_error_bps: 80, mean_error_bps: 10 });
    expect(alertOf(stream, 'rmse').statistic).toBeCloseTo(Math.sqrt((0.9 ** 2 + 0.7 ** 2) / 2), 8);
  });

  it('raises an alert of mean from the first signal it may, and makes it high at ten times the limit', () => {
    const stream = newStream();
    const told = swinging(0, 80, -1).map((signal) => alertOf(folded(stream, [signal]), 'mean'));
    const first = told.findIndex(({ state }) => state === 'ALERT');

    expect(told.slice(0, 29).every(({ state }) => state === 'INSUFFICIENT')).toBe(true);
    expect(first).toBeLessThan(50);
    expect(told[first]).toMatchObject({ action: 'REDUCE_ALLOC_AND_BLOCK_PROMOTION', since: exitOf(first) });
    expect(told.at(-1)).toMatchObject({ severity: 'high', since: exitOf(first), limit: 5000 });
    for (const { statistic, severity, state } of told) {
      if (state === 'ALERT') expect(severity).toBe((statistic ?? 0) < 50_000 ? 'medium' : 'high');
    }
  });

  it('ends an alert of mean once as many healthy signals came as it takes, and starts its statistics again', () => {
    const stream = folded(newStream(), swinging(0, 100, -1));
    folded(stream, swinging(100, 39, 0.01));
    expect(alertOf(stream, 'mean').state).toBe('ALERT');

    folded(stream, [aSignal(139, 0.1)]);
    expect(alertOf(stream, 'mean')).toMatchObject({
      state: 'RESOLVED',
      since: exitOf(139),
      window: 0,
      statistic: null,
      severity: 'none',
      action: 'NONE',
    });
    folded(stream, swinging(140, 29, 0.1));
    expect(alertOf(stream, 'mean')).toMatchObject({ state: 'RESOLVED', since: exitOf(139), window: 29 });
    folded(stream, [aSignal(169, 0.1)]);
    expect(alertOf(stream, 'mean')).toMatchObject({ state: 'OK', since: null, window: 30 });
  });

  it('is alerted on again where the stream breaks again', () => {
    const stream = folded(newStream(), [...swinging(0, 100, -1), ...swinging(100, 80, 0.1)]);
    expect(alertOf(stream, 'mean').state).toBe('OK');

    folded(stream, swinging(180, 60, -1));
    expect(alertOf(stream, 'mean').state).toBe('ALERT');
    expect(alertOf(stream, 'mean').since).not.toBe(exitOf(29));
  });

  it('gives a second alert as long as the first, however calm the end of that was', () => {
    const stream = folded(newStream(), [...swinging(0, 100, -1), ...swinging(100, 80, 0.1)]);
    let next = 180;
    while (alertOf(stream, 'mean').state !== 'ALERT') folded(stream, swinging(next++, 1, -2));

    folded(stream, swinging(next, 39, 3));
    expect(alertOf(stream, 'mean').state).toBe('ALERT');
    folded(stream, swinging(next + 39, 1, 3));
    expect(alertOf(stream, 'mean').state).toBe('RESOLVED');
  });

  it('starts the statistics of each trigger again where it has ended', () => {
    const wide = folded(newStream(), drawn(noise(5).normal, 0, 120, { scale: 2 }));
    const low = folded(newStream(), swinging(0, 60, -1));

    let next = 120;
    while (alertOf(wide, 'scale').state === 'ALERT')
      folded(wide, swinging(next++, 1, 0, { claimedAbsZ: 0.81 }));
    folded(wide, swinging(next, 30, 0, { claimedAbsZ: 0.81 }));
    expect(alertOf(wide, 'scale')).toMatchObject({ state: 'OK', window: 30 });

    const same = (from: number, count: number, z: number) =>
      Array.from({ length: count }, (_, index) => aSignal(from + index, z));
    // Down from 12 to 3.25, where it stays.
    folded(low, [...same(60, 7, 1), ...same(67, 36, -0.25)]);
    expect(alertOf(low, 'mean_cusum')).toMatchObject({ state: 'WARN', statistic: 3.25 });
    folded(low, same(103, 2, -0.25));
    expect(alertOf(low, 'mean_cusum')).toMatchObject({ state: 'RESOLVED', statistic: 0, window: 1 });
  });

  it('keeps an alert up while the newest signals are worse than claimed, however small the loss has become', () => {
    const stream = folded(newStream(), [...swinging(0, 100, -1), ...swinging(100, 300, -0.05)]);

    expect(alertOf(stream, 'mean')).toMatchObject({ state: 'ALERT', severity: 'high' });
  });

  it('warns by the CUSUM, at medium at most, until it has been below half its limit for long enough', () => {
    const stream = folded(newStream(), swinging(0, 60, -1));
    expect(alertOf(stream, 'mean_cusum')).toMatchObject({
      state: 'WARN',
      severity: 'medium',
      action: 'WATCH',
      statistic: 12,
      limit: 12,
    });

    folded(stream, swinging(60, 50, 0.25));
    expect(alertOf(stream, 'mean_cusum').state).toBe('WARN');
    folded(stream, swinging(110, 10, 0.25));
    expect(alertOf(stream, 'mean_cusum').state).toBe('RESOLVED');
  });

  it('alerts on errors twice as large as claimed, and not on a gain of the same mean', () => {
    const wide = folded(newStream(), drawn(noise(5).normal, 0, 120, { scale: 2 }));
    const honest = folded(newStream(), drawn(noise(5).normal, 0, 120, { scale: 2 }, { sigmaBps: 200 }));

    expect(alertOf(wide, 'scale')).toMatchObject({ state: 'ALERT', limit: 5000 });
    expect(alertOf(wide, 'scale_window')).toMatchObject({ state: 'WARN', severity: 'medium', limit: 1.6 });
    expect(alertOf(wide, 'rmse')).toMatchObject({ state: 'OK', action: 'NONE', limit: 1.5 });
    expect(alertOf(honest, 'scale').state).toBe('OK');
    expect(alertOf(honest, 'scale_window').state).toBe('OK');
  });

  it('alerts where gains become rarer than they are claimed to be, by the binomial of the window', () => {
    const rare = (from: number, count: number, every: number) =>
      Array.from({ length: count }, (_, index) =>
        aSignal(from + index, 0, { realizedBps: index % every === 0 ? 50 : -50, claimedHit: 0.5 }),
      );
    // The record of 420 signals with 280 gains is better than the claim, so the claim is what is held against.
    const record = Array.from({ length: 420 }, (_, index) =>
      aSignal(index, 0, { realizedBps: index % 3 === 0 ? -50 : 50, claimedHit: 0.5 }),
    );
    const usual = folded(newStream(), [...record, ...rare(420, 80, 2)]);
    const collapsed = folded(newStream(), [...record, ...rare(420, 80, 5)]);

    expect(alertOf(usual, 'hit')).toMatchObject({ state: 'OK', limit: 0.0005 });
    // P(Bin(80, 0.5) <= 16) = 2.94e-8
    expect(alertOf(collapsed, 'hit')).toMatchObject({ state: 'ALERT', severity: 'high' });
    expect(alertOf(collapsed, 'hit').statistic).toBeCloseTo(2.936e-8, 10);
  });

  it('says nothing about hits before it knows how often the strategy gains', () => {
    const rare = Array.from({ length: 105 }, (_, index) =>
      aSignal(index, 0, { realizedBps: index % 5 === 0 ? 50 : -50, claimedHit: 0.5 }),
    );
    expect(alertOf(folded(newStream(), rare), 'hit').state).toBe('INSUFFICIENT');
    const longer = Array.from({ length: 400 }, (_, index) =>
      aSignal(index, 0, { realizedBps: index % 5 === 0 ? 50 : -50, claimedHit: 0.5 }),
    );
    expect(alertOf(folded(newStream(), longer), 'hit').state).toBe('OK');
  });

  it('learns that a strategy gains rarely, and takes losses during an alert for no such thing', () => {
    const hits = (from: number, count: number, every: number) =>
      Array.from({ length: count }, (_, index) =>
        aSignal(from + index, 0, { realizedBps: index % every === 0 ? 50 : -50 }),
      );
    const rare = folded(newStream(), hits(0, 300, 4));
    const collapsed = folded(newStream(), [...hits(0, 200, 2), ...hits(200, 400, 5)]);

    expect(alertOf(rare, 'hit').state).toBe('OK');
    expect(rare.hitRecord.hits / rare.hitRecord.n).toBeCloseTo(0.25, 2);
    expect(alertOf(collapsed, 'hit').state).toBe('ALERT');
    expect(collapsed.hitRecord.hits / collapsed.hitRecord.n).toBeGreaterThan(0.4);
  });
});

describe('divergenceOf', () => {
  it('lists every trigger, by agent, horizon and trigger, as valid records', () => {
    const all = divergenceOf(
      [
        { agent: 'b', horizonHours: 1, stream: healthy(1) },
        { agent: 'a', horizonHours: 24, stream: broken(2) },
        { agent: 'a', horizonHours: 4, stream: healthy(3, 3) },
      ],
      rules,
    );

    const places = ['a 4', 'a 24', 'b 1'].flatMap((place) =>
      DIVERGENCE_TRIGGERS.map((trigger) => `${place} ${trigger}`),
    );
    expect(all.map((each) => `${each.agent} ${each.horizon_hours} ${each.trigger}`)).toEqual(places);
    for (const alert of all) expect(validate(DivergenceAlert, alert)).toMatchObject({ ok: true });
  });

  it('corrects the snapshot for how many agents were looked at, within a horizon', () => {
    const one = { agent: 'x', horizonHours: 1, stream: folded(newStream(), swinging(0, 100, -0.25)) };
    const others = Array.from({ length: 40 }, (_, index) => ({
      agent: `h${index}`,
      horizonHours: 1,
      stream: healthy(index + 1),
    }));
    const snapshotOf = (alerts: readonly DivergenceAlert[]) =>
      alerts.find(({ agent, trigger }) => agent === 'x' && trigger === 'snapshot');
    const alone = snapshotOf(divergenceOf([one], rules));
    const elsewhere = divergenceOf([one, ...others.map((each) => ({ ...each, horizonHours: 4 }))], rules);

    expect(alone).toMatchObject({
      state: 'WARN',
      severity: 'medium',
      action: 'WATCH',
      limit: 0.1,
      since: null,
    });
    expect(snapshotOf(elsewhere)).toEqual(alone);
    expect(snapshotOf(divergenceOf([one, ...others], rules))).toMatchObject({ state: 'OK', action: 'NONE' });
  });

  it('finds the broken ones among many, and few others', () => {
    const streams = Array.from({ length: 50 }, (_, index) => ({
      agent: `a${index}`,
      horizonHours: 24,
      stream: index < 5 ? broken(index + 1) : healthy(index + 1),
    }));
    const warned = divergenceOf(streams, rules).filter(
      ({ trigger, state }) => trigger === 'snapshot' && state === 'WARN',
    );

    for (const index of [0, 1, 2, 3, 4]) expect(warned.map(({ agent }) => agent)).toContain(`a${index}`);
    expect(warned.length).toBeLessThanOrEqual(7);
  });

  it('says the same of an agent whoever else is there, but for the snapshot', () => {
    const mine = { agent: 'me', horizonHours: 1, stream: broken(7) };
    const told = (alerts: readonly DivergenceAlert[]) =>
      alerts.filter(({ agent, trigger }) => agent === 'me' && trigger !== 'snapshot');
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 5 }), (seeds) => {
        const others = seeds.map((seed, index) => ({
          agent: `o${index}`,
          horizonHours: 1,
          stream: broken(seed, 90),
        }));
        expect(told(divergenceOf([...others, mine], rules))).toEqual(told(divergenceOf([mine], rules)));
      }),
      { numRuns: 20 },
    );
  });

  it('does not look at a stream that is too short, and does not count it among those looked at', () => {
    const short = { agent: 's', horizonHours: 1, stream: broken(1, 29) };
    const long = { agent: 'l', horizonHours: 1, stream: broken(2) };
    const snapshots = divergenceOf([short, long], rules).filter(({ trigger }) => trigger === 'snapshot');
    const [alone] = divergenceOf([long], rules).filter(({ trigger }) => trigger === 'snapshot');

    expect(snapshots).toEqual([
      alone,
      expect.objectContaining({ agent: 's', state: 'INSUFFICIENT', statistic: null }),
    ]);
  });
});

describe('worstState', () => {
  it.each([
    ['nothing', [], 'OK'],
    ['an early warning', [anAlert({ trigger: 'mean_cusum', state: 'WARN' })], 'WARN'],
    [
      'an alert beside a warning',
      [anAlert({ trigger: 'scale_window', state: 'WARN' }), anAlert({ trigger: 'hit', state: 'ALERT' })],
      'ALERT',
    ],
    ['the snapshot, which has no memory', [anAlert({ trigger: 'snapshot', state: 'WARN' })], 'OK'],
    ['too few signals', [anAlert({ trigger: 'mean', state: 'INSUFFICIENT' })], 'OK'],
    ['an alert that has ended', [anAlert({ trigger: 'mean', state: 'RESOLVED' })], 'OK'],
  ] as const)('of %s', (_, alerts, worst) => {
    expect(worstState(alerts)).toBe(worst);
  });
});
