// The policy of PINK in the demo: it follows the last day of each symbol for a day, and sees nothing but prices.

import type { Decision, Policy, PolicyStep, PolicyView, SlotView } from '../../policy/policy.ts';

/** How it trades, for the digest that its decisions carry. */
interface SwingSettings {
  readonly [name: string]: number;
  /** Bars over which a move is measured. */
  readonly lookbackBars: number;
  /** Bars of which the usual move is known. */
  readonly memoryBars: number;
  /** A move that is smaller, in its own standard deviations, is none. */
  readonly minSigmas: number;
  /** How long a trade is held, and how long a symbol rests after it was asked for. */
  readonly holdMs: number;
  readonly stopBps: number;
  /** Of the capital, for one trade. */
  readonly capitalShare: number;
}

const SETTINGS: SwingSettings = {
  lookbackBars: 6,
  memoryBars: 42,
  minSigmas: 0.4,
  holdMs: 86_400_000,
  stopBps: 900,
  capitalShare: 0.05,
};

/** Conviction of the weakest move and of one of three standard deviations. */
const CONVICTION = { least: 1, most: 3, atSigmas: 3 } as const;

/** Plain JSON, by symbol key. */
interface SwingMemory {
  readonly closes: Readonly<Record<string, readonly number[]>>;
  readonly askedAtMs: Readonly<Record<string, number>>;
}

/** What the last day of a symbol was like. */
interface Swing {
  readonly key: string;
  readonly price: number;
  /** The move in its own standard deviations; above zero it rose. */
  readonly sigmas: number;
  /** Net move by the length of the path, 0 to 1. */
  readonly efficiency: number;
}

/** Above this share of its path a move has gone one way. */
const TREND_EFFICIENCY = 0.5;

/**
 * Returns a policy of class `macro`. It decides with each new bar alone, since prices move with bars alone. It wants to enter the way the
 * last day went: one symbol with each bar, and each symbol once a day, whether it was let in or not. It leaves after a day, or at the stop.
 * Where it leaves something it enters nothing: the kernel lets nobody in just after a fill.
 */
export function swingPolicy(): Policy<SwingMemory> {
  return {
    name: 'demo-swing',
    version: '1',
    settings: SETTINGS,
    strategyClass: 'macro',
    begin: () => ({ closes: {}, askedAtMs: {} }),
    step,
  };
}

function step(before: SwingMemory, view: PolicyView): PolicyStep<SwingMemory> {
  if (!view.isNewScan || view.scan === null) return { memory: before, decisions: [] };
  const exits = view.slots.flatMap((slot) => exitOf(slot, view.nowMs) ?? []);
  const closes = observed(before.closes, view.scan.prices);
  const held = new Set(view.slots.map(({ symbol }) => symbol));
  const slot = view.slots.find(({ status }) => status === 'free');
  const [strongest] = Object.keys(view.symbols)
    .filter((key) => !held.has(view.symbols[key] ?? null))
    .filter((key) => view.nowMs - (before.askedAtMs[key] ?? 0) >= SETTINGS.holdMs)
    .flatMap((key) => swingOf(key, closes[key] ?? []) ?? [])
    .filter(({ sigmas }) => Math.abs(sigmas) >= SETTINGS.minSigmas)
    .sort((a, b) => Math.abs(b.sigmas) - Math.abs(a.sigmas) || (a.key < b.key ? -1 : 1));
  const memory = { closes, askedAtMs: before.askedAtMs };
  if (exits.length > 0 || strongest === undefined) return { memory, decisions: exits };
  const entry = entryOf(strongest, slot, view);
  if (entry === null) return { memory, decisions: [] };
  const askedAtMs = { ...before.askedAtMs, [strongest.key]: view.nowMs };
  return { memory: { closes, askedAtMs }, decisions: [entry] };
}

function observed(
  closes: SwingMemory['closes'],
  prices: Readonly<Record<string, number>>,
): SwingMemory['closes'] {
  const added = Object.entries(prices).map(([key, price]) => [
    key,
    [...(closes[key] ?? []), price].slice(-SETTINGS.memoryBars - 1),
  ]);
  return { ...closes, ...Object.fromEntries(added) };
}

function swingOf(key: string, closes: readonly number[]): Swing | null {
  const { lookbackBars } = SETTINGS;
  const price = closes.at(-1);
  const from = closes.at(-1 - lookbackBars);
  if (price === undefined || from === undefined || closes.length < 2 * lookbackBars) return null;
  const moves = closes.slice(1).map((close, at) => Math.log(close / (closes[at] ?? close)));
  const sigma = Math.sqrt(moves.reduce((sum, move) => sum + move * move, 0) / moves.length);
  const path = moves.slice(-lookbackBars).reduce((sum, move) => sum + Math.abs(move), 0);
  if (sigma === 0 || path === 0) return null;
  const move = Math.log(price / from);
  return {
    key,
    price,
    sigmas: move / (sigma * Math.sqrt(lookbackBars)),
    efficiency: Math.abs(move) / path,
  };
}

function entryOf(
  { key, price, sigmas, efficiency }: Swing,
  slot: SlotView | undefined,
  { symbols, capitalUsdt, scan }: PolicyView,
): Decision | null {
  const symbol = symbols[key];
  if (slot === undefined || symbol === undefined || capitalUsdt === null) return null;
  const strength = Math.min(1, Math.abs(sigmas) / CONVICTION.atSigmas);
  return {
    slot: slot.slot,
    action: 'ENTER',
    reason: `${sigmas > 0 ? 'rose' : 'fell'} ${Math.abs(sigmas).toFixed(2)} sigmas within a day`,
    symbol,
    side: sigmas > 0 ? 'LONG' : 'SHORT',
    tradeId: null,
    referencePrice: price,
    size: (capitalUsdt * SETTINGS.capitalShare) / price,
    leverage: CONVICTION.least + (CONVICTION.most - CONVICTION.least) * strength,
    exitLegRatios: [],
    isUrgent: false,
    facts: {
      scan_number: scan?.scanNumber ?? null,
      // The names by which whoever follows the journal knows a score and a regime.
      vel_div: sigmas / CONVICTION.atSigmas,
      posture: efficiency >= TREND_EFFICIENCY ? 'TREND' : 'RANGE',
    },
  };
}

function exitOf(slot: SlotView, nowMs: number): Decision | null {
  const { status, tradeId, symbol, side, size, entryPrice, openedAtMs, price } = slot;
  if (status !== 'open' || tradeId === null || symbol === null) return null;
  const gain = entryPrice === null || price === null ? 0 : (price.price / entryPrice - 1) * 10_000;
  const gainBps = side === 'LONG' ? gain : -gain;
  const isStopped = gainBps <= -SETTINGS.stopBps;
  if (!isStopped && nowMs - openedAtMs < SETTINGS.holdMs) return null;
  return {
    slot: slot.slot,
    action: 'EXIT',
    reason: isStopped ? 'STOP_LOSS' : 'HELD_A_DAY',
    symbol,
    side,
    tradeId,
    referencePrice: price?.price ?? null,
    size,
    leverage: null,
    exitLegRatios: [],
    isUrgent: isStopped,
    facts: { gain_bps: gainBps },
  };
}
