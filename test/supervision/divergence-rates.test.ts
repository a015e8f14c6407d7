// How often divergence is right: false alarms, delays and recoveries over many streams of seeded noise.

import { describe, expect, it } from 'vitest';
import { foldSignal, newStream } from '../../src/supervision/divergence-stream.ts';
import type { StatefulTrigger } from '../../src/supervision/divergence-triggers.ts';
import { drawn, folded, noise, someDivergenceRules, T4_MEAN_ABS } from './signals.ts';

const rules = someDivergenceRules();
const seeds = Array.from({ length: 200 }, (_, index) => index + 1);
const TRIGGERS: readonly StatefulTrigger[] = ['mean', 'mean_cusum', 'scale', 'scale_window', 'hit'];

function share(of: readonly boolean[]): number {
  return of.filter(Boolean).length / of.length;
}

describe.each([
  { tails: 'normal', claim: {} },
  { tails: 't4', claim: { claimedAbsZ: T4_MEAN_ABS } },
] as const)('on $tails noise', ({ tails, claim }) => {
  it('a healthy stream of 250 signals is rarely alerted on', () => {
    const raised: Record<StatefulTrigger, number> = {
      mean: 0,
      mean_cusum: 0,
      scale: 0,
      scale_window: 0,
      hit: 0,
    };
    for (const seed of seeds) {
      const stream = newStream();
      const seen = new Set<StatefulTrigger>();
      for (const signal of drawn(noise(seed)[tails], 0, 250, {}, claim)) {
        foldSignal(stream, signal, rules);
        for (const name of TRIGGERS) {
          if (['WARN', 'ALERT'].includes(stream.triggers[name].state)) seen.add(name);
        }
      }
      for (const name of seen) raised[name] += 1 / seeds.length;
    }

    // Over 2000 streams: mean 0.007, hit 0.004, scale 0, scale_window 0.007, mean_cusum 0.034.
    expect(raised.mean).toBeLessThan(0.025);
    expect(raised.scale).toBeLessThan(0.01);
    expect(raised.hit).toBeLessThan(0.02);
    expect(raised.scale_window).toBeLessThan(0.03);
    expect(raised.mean_cusum).toBeLessThan(0.08);
  });

  it('a break of one sigma is alerted on within 60 signals', () => {
    const found = seeds.map((seed) => {
      const draw = noise(seed)[tails];
      const stream = folded(newStream(), drawn(draw, 0, 200, {}, claim));
      return folded(stream, drawn(draw, 200, 60, { shift: -1 }, claim)).triggers.mean.state === 'ALERT';
    });

    expect(share(found)).toBeGreaterThan(0.99);
  });

  it('errors twice as large as claimed are alerted on within 100 signals', () => {
    const found = seeds.map((seed) => {
      const draw = noise(seed)[tails];
      const stream = folded(newStream(), drawn(draw, 0, 200, {}, claim));
      return folded(stream, drawn(draw, 200, 100, { scale: 2 }, claim)).triggers.scale.state === 'ALERT';
    });

    expect(share(found)).toBeGreaterThan(0.9);
  });

  it.each([
    { trigger: 'mean', change: { shift: -0.5 } },
    { trigger: 'scale', change: { scale: 1.6 } },
  ] as const)('an alert of $trigger outlasts the break and ends soon after', ({ trigger, change }) => {
    const outcomes = seeds.map((seed) => {
      const draw = noise(seed)[tails];
      const stream = folded(newStream(), drawn(draw, 0, 150, change, claim));
      if (stream.triggers[trigger].state !== 'ALERT') return null;
      const began = stream.triggers[trigger].sinceMs;
      folded(stream, drawn(draw, 150, 150, change, claim));
      const lasted = stream.triggers[trigger].sinceMs === began;
      folded(stream, drawn(draw, 300, 2 * rules.resolve_after_signals, {}, claim));
      return { lasted, ended: stream.triggers[trigger].state !== 'ALERT' };
    });
    const known = outcomes.filter((outcome) => outcome !== null);

    expect(known.length).toBeGreaterThan(75);
    expect(share(known.map(({ lasted }) => lasted))).toBeGreaterThan(0.9);
    expect(share(known.map(({ ended }) => ended))).toBeGreaterThan(0.8);
  });
});
