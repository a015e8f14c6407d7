// Views, scans and slots for tests of policies: whole, plausible, and changed where a test says so.

import { PolicySettings } from '../../src/domain/policy-settings.ts';
import type { Scan } from '../../src/domain/scan.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import { validate } from '../../src/domain/validate.ts';
import type { Policy, PolicyStep, PolicyView, SlotView } from '../../src/policy/policy.ts';

export const START_MS = 1_767_225_600_000;
export const STEP_MS = 60_000;

export const SYMBOLS = { BTCUSDT: 'BTC-USDT', ETHUSDT: 'ETH-USDT', SOLUSDT: 'SOL-USDT' } as const;

/** The settings as a file gives them that says only what is in `changes`. */
export function settingsWith(changes: Record<string, unknown> = {}): PolicySettings {
  const checked = validate(PolicySettings, structuredClone(changes));
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value;
}

/** Scan `number`, made one bar after the one before, and heard of at once. */
export function scanOf(number: number, changes: Partial<Scan> = {}): Scan {
  const atMs = START_MS + number * STEP_MS;
  return {
    scanNumber: number,
    scannedAtMs: atMs as EpochMs,
    receivedAtMs: atMs as EpochMs,
    prices: { BTCUSDT: 40_000 },
    anchor: 'BTCUSDT',
    velDiv: 0,
    w50Velocity: 0,
    w750Velocity: 0,
    isVolOk: true,
    posture: 'APEX',
    acbBoost: null,
    exf: null,
    esof: null,
    problems: [],
    ...changes,
  };
}

export function freeSlot(slot = 0): SlotView {
  return {
    slot,
    status: 'free',
    tradeId: null,
    symbol: null,
    side: 'LONG',
    strategyClass: '',
    size: 0,
    entryPrice: null,
    openedAtMs: 0 as EpochMs,
    legIndex: 0,
    price: null,
  };
}

/** A SHORT of one bitcoin from 40,000, open since the first scan, at the price it was entered at. */
export function openSlot(changes: Partial<SlotView> = {}): SlotView {
  return {
    ...freeSlot(),
    status: 'open',
    tradeId: 'trade-1',
    symbol: 'BTC-USDT',
    side: 'SHORT',
    strategyClass: 'macro',
    size: 1,
    entryPrice: 40_000,
    openedAtMs: START_MS as EpochMs,
    price: { price: 40_000, ageMs: 0, source: 'feed' },
    ...changes,
  };
}

/** A view at the instant of `scan`, which is new and fresh; without one, at the start. */
export function viewOf(scan: Scan | null, changes: Partial<PolicyView> = {}): PolicyView {
  const nowMs = scan?.receivedAtMs ?? (START_MS as EpochMs);
  return {
    nowMs,
    scan,
    isNewScan: scan !== null,
    scanAgeMs: scan === null ? Number.POSITIVE_INFINITY : nowMs - scan.scannedAtMs,
    capitalUsdt: 25_000,
    slots: [freeSlot()],
    closed: [],
    symbols: SYMBOLS,
    prices: {},
    ...changes,
  };
}

/** Steps a policy through views, and returns what it said to each, with its memory after the last. */
export function stepped<Memory>(
  policy: Policy<Memory>,
  views: readonly PolicyView[],
  memory: Memory = policy.begin(),
): { readonly memory: Memory; readonly steps: readonly PolicyStep<Memory>['decisions'][] } {
  let kept = memory;
  const steps = views.map((view) => {
    const step = policy.step(kept, view);
    kept = step.memory;
    return step.decisions;
  });
  return { memory: kept, steps };
}

/** Scans `from` to `to` in which every price moves by `bps` a scan, with no signal yet. */
export function trend(from: number, to: number, bps: number, changes: Partial<Scan> = {}): readonly Scan[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const factor = (1 + bps / 1e4) ** (index + from);
    return scanOf(from + index, { prices: { BTCUSDT: 40_000 * factor }, ...changes });
  });
}
