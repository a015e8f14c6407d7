// Whether a new scan is an entry, gate by gate in a fixed order, and of which asset and size; or the first reason why not.

import { symbolKey } from '../domain/market.ts';
import type { Scan } from '../domain/scan.ts';
import { boostedConviction } from './boost.ts';
import type { ChampionRules } from './champion-rules.ts';
import { confirmationOf } from './confirmation.ts';
import { pick } from './picker.ts';
import { type EntryPlan, planEntry } from './plan.ts';
import type { PolicyView, TradeSide } from './policy.ts';
import { marketObjection } from './posture.ts';
import { type PriceHistory, pricesOf } from './price-history.ts';
import { convictionOf, type SizerMemory } from './sizer.ts';

type Facts = Readonly<Record<string, unknown>>;

/** Why a scan is no entry. What was already known when that was found is in the facts. */
export interface NoEntry {
  readonly kind: 'none';
  readonly action: 'HOLD' | 'HOLD_DC_CONTRADICTED';
  readonly reason: string;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly facts: Facts;
}

export interface Entry {
  readonly kind: 'entry';
  readonly reason: string;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly price: number;
  readonly plan: EntryPlan;
  /** Of the strength of its signal. */
  readonly bucket: number;
  readonly facts: Facts;
}

interface EntryGround {
  readonly view: PolicyView;
  readonly scan: Scan;
  readonly boost: number;
  readonly rules: ChampionRules;
  readonly confirmation: PriceHistory;
  readonly picker: PriceHistory;
  readonly sizer: SizerMemory;
}

/** Looks at a new, fresh scan for an entry, where a slot is free. */
export function entryOf(ground: EntryGround): Entry | NoEntry {
  const { scan, rules, view } = ground;
  const { threshold } = rules;
  if (scan.velDiv === null) return noEntry('NO_SIGNAL: the scan has no velocity divergence', 'SHORT', {});
  const side: TradeSide = scan.velDiv < 0 ? 'SHORT' : 'LONG';
  const facts = { threshold };
  if (!(Math.abs(scan.velDiv) > threshold))
    return noEntry(`NO_SIGNAL: vel_div ${shown(scan.velDiv)} is within ${threshold}`, side, facts);
  if (rules.side !== 'both' && rules.side !== side)
    return noEntry(`SIDE_NOT_ALLOWED: a ${side}, and entries are ${rules.side} only`, side, facts);
  const objection = marketObjection(scan, rules.postures);
  if (objection !== null) return noEntry(objection, side, facts);
  const held = new Set(view.slots.map(({ symbol }) => (symbol === null ? '' : symbolKey(symbol))));
  const priced = Object.keys(view.symbols).filter((key) => Object.hasOwn(scan.prices, key));
  const picked = pick(ground.picker, priced, side, rules.picker, (key) => held.has(key));
  if (!picked.ok) return noEntry(`ASSET_PICKER_BLOCK: ${picked.error}`, side, facts);
  return sizedEntry(ground, scan.velDiv, side, picked.value.key, { ...facts, score: picked.value.score });
}

/** A reason is read by people, every few seconds; the facts beside it have all the digits. */
const REASON_DIGITS = 6;

function shown(velDiv: number): number {
  return Number(velDiv.toPrecision(REASON_DIGITS));
}

function sizedEntry(
  ground: EntryGround,
  velDiv: number,
  side: TradeSide,
  key: string,
  before: Facts,
): Entry | NoEntry {
  const { scan, rules, view, boost } = ground;
  const symbol = view.symbols[key] ?? '';
  const confirmation = confirmationOf(pricesOf(ground.confirmation, key), side, rules.confirmation);
  const confirmed = { ...before, confirmation_bps: confirmation.moveBps };
  if (confirmation.isContradicted) {
    const reason = `DC_CONTRADICT: ${symbol} moved ${confirmation.moveBps} bps over ${rules.confirmation.lookback} scans`;
    return { kind: 'none', action: 'HOLD_DC_CONTRADICTED', reason, symbol, side, facts: confirmed };
  }
  const sized = convictionOf(ground.sizer, velDiv, rules.threshold, rules.sizer);
  const conviction = boostedConviction(sized.conviction, boost, rules.sizer.max_leverage);
  const facts = {
    ...confirmed,
    capital_usdt: view.capitalUsdt,
    conviction,
    bucket: sized.bucket,
    bucket_multiplier: sized.bucketMultiplier,
  };
  const price = scan.prices[key] ?? Number.NaN;
  const { capitalUsdt } = view;
  const { capital_fraction: fraction } = rules.sizer;
  const plan = planEntry({ capitalUsdt, fraction, conviction, price, exitLegs: rules.exitLegs });
  if (!plan.ok) return { ...noEntry(`ENTRY_SUPPRESSED: ${plan.error}`, side, facts), symbol };
  const reason = `VEL_DIV: ${shown(velDiv)}, ${side} beyond ${rules.threshold}`;
  return { kind: 'entry', reason, symbol, side, price, plan: plan.value, bucket: sized.bucket, facts };
}

function noEntry(reason: string, side: TradeSide, facts: Facts): NoEntry {
  return { kind: 'none', action: 'HOLD', reason, symbol: '', side, facts };
}
