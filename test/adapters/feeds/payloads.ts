// Payloads as the original platform writes them, and what a feed says, for the tests of feeds.

import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { FeedNotice, Scan } from '../../../src/domain/scan.ts';
import type { Feed } from '../../../src/ports.ts';

export const START_MS = Date.UTC(2026, 2, 1);

/** A whole payload, made a second before {@link START_MS}. */
export function payload(scanNumber: number, over: Readonly<Record<string, unknown>> = {}): object {
  return {
    scan_number: scanNumber,
    timestamp: '2026-02-28T23:59:59.000Z',
    assets: ['BTCUSDT', 'FET-USDT'],
    asset_prices: [65_000.5, 1.25],
    vel_div: -0.031,
    w50_velocity: -0.042,
    w750_velocity: -0.011,
    vol_ok: true,
    posture: 'APEX',
    exf_snapshot: { funding: 0.0001 },
    esof_payload: { phase: 3 },
    acb_boost: { boost: 1.2 },
    ...over,
  };
}

export function lineOf(scanNumber: number, over: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify(payload(scanNumber, over))}\n`;
}

/** Lets everything happen that waits for no timer. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A feed that somebody listens to, by a clock of the test's own. */
export function followed(make: (timers: ReturnType<typeof virtualTimers>) => Feed, startMs = START_MS) {
  const timers = virtualTimers(startMs);
  const notices: FeedNotice[] = [];
  const stop = make(timers).follow((notice) => notices.push(notice));
  return {
    timers,
    notices,
    stop,
    /** Lets time pass, with what happens in between. */
    async pass(ms: number, stepMs = 250): Promise<void> {
      await settled();
      for (let passed = 0; passed < ms; passed += stepMs) {
        timers.advance(Math.min(stepMs, ms - passed));
        await settled();
      }
    },
    scans: (): readonly Scan[] => scansOf(notices),
    scanNumbers: (): readonly number[] => scansOf(notices).map(({ scanNumber }) => scanNumber),
    malformed: (): readonly string[] =>
      notices.flatMap((one) => (one.kind === 'malformed' ? [`${one.place}: ${one.problem}`] : [])),
    states: (): readonly string[] =>
      notices.flatMap((one) => (one.kind === 'state' ? [`${one.isUp ? 'up' : 'down'}: ${one.why}`] : [])),
  };
}

function scansOf(notices: readonly FeedNotice[]): readonly Scan[] {
  return notices.flatMap((one) => (one.kind === 'scan' ? [one.scan] : []));
}
