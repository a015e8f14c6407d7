// The border to a policy: any value of anybody's JavaScript becomes an intent or a malformed event, and an entry of it whole steps or a denial.

import { fieldOf } from '../domain/field-of.ts';
import type { IntentId, StrategyClass, SymbolName, TradeId } from '../domain/ids.ts';
import { type Instrument, type Step, stepsFrom } from '../domain/instrument.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { type EpochMs, type Lots, PPM_ONE, type PriceTicks } from '../domain/steps.ts';
import { parseInstant } from '../domain/time.ts';
import type { IntentAction, IntentEvent, MalformedEvent } from './event.ts';
import { CONVICTION_MAX, CONVICTION_MIN, exchangeLeverage } from './leverage.ts';
import type { OutcomeCode } from './outcome.ts';
import { type Denial, type EntryCandidate, wordOf } from './risk.ts';
import type { KernelState, Trade } from './state.ts';

/** Longer words than these are nobody's ids. */
const WORD_CHARS_MAX = 200;
const LEGS_MAX = 32;

/** A decision may be this far ahead of the kernel's clock; further ahead it is as wrong as one that is too old. */
const CLOCK_LEAD_MS = 1_000;

/** What counts one by one, for ratios of a position. */
const WHOLE: Step = { units: 1, decimals: 0 };

/**
 * Reads what a policy wants, from `intent_id`, `action`, `slot_id` (0 where it is left out), `trade_id`, `asset`, `side`, `strategy_class`,
 * `timestamp` (an instant with its zone, or an epoch), `reference_price`, `target_size`, `leverage`, `exit_leg_ratios`, `is_urgent` and
 * `reason`; own fields alone, so no getter runs and no prototype counts. It never throws.
 *
 * A figure that is missing, not finite or no number is `null`. An exit without a size goes by its leg's ratio; one whose size makes no sense
 * takes everything, since a policy that cannot count must not keep a position open. An action that is not known means that the policy holds: MARK_PRICE. A side that is left out is LONG; an entry with another
 * word for it is malformed, since to guess would be to trade the wrong way.
 */
export function intentFrom(raw: unknown, atMs: EpochMs): IntentEvent | MalformedEvent {
  try {
    const intent = readIntent(raw, atMs);
    return intent.ok ? intent.value : malformed(atMs, intent.error);
  } catch {
    return malformed(atMs, 'it cannot be read: looking at it throws');
  }
}

function malformed(atMs: EpochMs, problem: string): MalformedEvent {
  return { kind: 'MALFORMED', atMs, what: 'intent', problem };
}

function readIntent(raw: unknown, atMs: EpochMs): Result<IntentEvent, string> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return err('it is no object');
  const intentId = word(fieldOf(raw, 'intent_id'));
  if (intentId === '') return err(`intent_id: expected a text of 1 to ${WORD_CHARS_MAX} characters`);
  const action = actionFrom(fieldOf(raw, 'action'));
  const slot = fieldOf(raw, 'slot_id') ?? 0;
  if (typeof slot !== 'number' || !Number.isSafeInteger(slot)) return err('slot_id: expected a whole number');
  const side = fieldOf(raw, 'side') ?? 'LONG';
  if (action === 'ENTER' && side !== 'LONG' && side !== 'SHORT') return err('side: expected LONG or SHORT');
  const ratios = ratiosFrom(fieldOf(raw, 'exit_leg_ratios') ?? []);
  if (ratios === null) return err(`exit_leg_ratios: expected a list of at most ${LEGS_MAX} numbers`);
  const rawSize = fieldOf(raw, 'target_size');
  const decidedAt = parseInstant(fieldOf(raw, 'timestamp'));
  return ok({
    kind: 'INTENT',
    atMs,
    intentId: intentId as IntentId,
    action,
    slot,
    tradeId: tradeIdFrom(fieldOf(raw, 'trade_id')),
    symbol: word(fieldOf(raw, 'asset')) as SymbolName,
    side: side === 'SHORT' ? 'SHORT' : 'LONG',
    strategyClass: word(fieldOf(raw, 'strategy_class')) as StrategyClass,
    decidedAtMs: decidedAt.ok ? (Math.round(decidedAt.value) as EpochMs) : null,
    referencePrice: figure(fieldOf(raw, 'reference_price')),
    size: action === 'EXIT' ? exitSizeOf(rawSize) : figure(rawSize),
    leverage: figure(fieldOf(raw, 'leverage')),
    exitLegRatios: ratios,
    isUrgent: fieldOf(raw, 'is_urgent') === true,
    reason: word(fieldOf(raw, 'reason')),
  });
}

/** A trade id that is left out, or is no text, names none. */
function tradeIdFrom(raw: unknown): TradeId | null {
  const id = word(raw);
  return id === '' ? null : (id as TradeId);
}

function exitSizeOf(raw: unknown): number | null {
  if (raw === undefined || raw === null) return null;
  const size = figure(raw);
  return size !== null && size > 0 ? size : EVERYTHING;
}

/** More than any position: an exit is clipped to what is held. */
const EVERYTHING = Number.MAX_VALUE;

function actionFrom(value: unknown): IntentAction {
  return value === 'ENTER' || value === 'EXIT' || value === 'CANCEL' ? value : 'MARK_PRICE';
}

/** A text, or nothing where it is none or too long to be one. */
function word(value: unknown): string {
  return typeof value === 'string' && value.length <= WORD_CHARS_MAX ? value : '';
}

function figure(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function ratiosFrom(value: unknown): readonly (number | null)[] | null {
  if (!Array.isArray(value) || value.length > LEGS_MAX) return null;
  return Array.from({ length: value.length }, (_, leg) => figure(fieldOf(value, String(leg))));
}

/**
 * Checks every field of an entry and brings it to whole steps: the reference to the nearest tick, the size down to lots, and down again by
 * the share that the permission of its class leaves. Nothing is moved to a bound: what is out of range is refused. Whether the entry may
 * go out is for the gates, which also refuse a class without a permission; such a one keeps its whole size here.
 */
export function checkEntry(state: KernelState, event: IntentEvent): Result<EntryCandidate, Denial> {
  if (!Number.isSafeInteger(event.slot) || event.slot < 0 || event.slot >= state.config.maxSlots)
    return deny('UNKNOWN_SLOT', `slot=${event.slot} slots=${state.config.maxSlots}`);
  const instrument = instrumentOf(state, event.symbol);
  if (instrument === null) return deny('UNKNOWN_INSTRUMENT', `symbol=${wordOf(event.symbol)}`);
  if (event.side !== 'LONG' && event.side !== 'SHORT') return deny('INVALID_INTENT', 'field=side');
  if (word(event.strategyClass) === '') return deny('INVALID_INTENT', 'field=strategy_class');
  const stale = stalenessOf(state, event);
  if (stale !== null) return stale;
  const reference = referenceOf(instrument, event.referencePrice);
  if (!reference.ok) return reference;
  const quantity = quantityOf(state, instrument, event);
  if (!quantity.ok) return quantity;
  const conviction = convictionOf(event.leverage);
  if (!conviction.ok) return conviction;
  const exitLegRatios = legsOf(event.exitLegRatios);
  if (!exitLegRatios.ok) return exitLegRatios;
  const maxLeverage = Math.min(state.config.limits.maxLeverage, instrument.maxLeverage);
  return ok({
    slot: event.slot,
    symbol: instrument.symbol,
    side: event.side,
    strategyClass: event.strategyClass,
    reference: reference.value,
    quantity: quantity.value,
    conviction: conviction.value,
    exchangeLeverage: exchangeLeverage(conviction.value, maxLeverage),
    intentId: event.intentId,
    exitLegRatios: exitLegRatios.value,
  });
}

type Refused = { readonly ok: false; readonly error: Denial };

function deny(code: OutcomeCode, details: string): Refused {
  return err({ code, details });
}

/** The instrument of exactly that name, or the only one that has it but for hyphens. */
function instrumentOf(state: KernelState, symbol: string): Instrument | null {
  const exact = state.instruments.get(symbol as SymbolName);
  if (exact !== undefined) return exact;
  if (word(symbol) === '') return null;
  const plain = symbol.replaceAll('-', '');
  const alike = [...state.instruments.values()].filter((one) => one.symbol.replaceAll('-', '') === plain);
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

function stalenessOf(state: KernelState, event: IntentEvent): Refused | null {
  const { decidedAtMs } = event;
  if (decidedAtMs === null || !Number.isSafeInteger(decidedAtMs))
    return deny('NOT_FINITE', 'field=timestamp');
  const { staleIntentMs } = state.config.limits;
  const ageMs = state.nowMs - decidedAtMs;
  if (ageMs > staleIntentMs || ageMs < -CLOCK_LEAD_MS)
    return deny('STALE_INTENT', `age_ms=${ageMs} max_ms=${staleIntentMs}`);
  return null;
}

/** A price that is no tick at all, or more ticks than can be counted, is as little a price as a negative one. */
function referenceOf(instrument: Instrument, price: number | null): Result<PriceTicks, Denial> {
  if (figure(price) === null) return deny('NOT_FINITE', 'field=reference_price');
  const ticks = price === null ? err('none') : stepsFrom(instrument.tick, price, 'nearest');
  if (!ticks.ok || ticks.value <= 0) return deny('INVALID_INTENT', `field=reference_price value=${price}`);
  return ok(ticks.value as PriceTicks);
}

function quantityOf(state: KernelState, instrument: Instrument, event: IntentEvent): Result<Lots, Denial> {
  const { size } = event;
  if (size === null || figure(size) === null) return deny('NOT_FINITE', 'field=target_size');
  const whole = size > 0 ? stepsFrom(instrument.lot, size, 'down') : err('none');
  if (!whole.ok) return deny('INVALID_INTENT', `field=target_size value=${size}`);
  const sizePpm = state.trading.permissions.get(event.strategyClass)?.sizePpm ?? PPM_ONE;
  const share = sizePpm > 0 ? Math.min(sizePpm, PPM_ONE) : PPM_ONE;
  const quantity = Number((BigInt(whole.value) * BigInt(share)) / BigInt(PPM_ONE));
  if (quantity === 0)
    return deny('MIN_QUANTITY', `size=${size} share_ppm=${share} lots=0 min=${instrument.minLots}`);
  return ok(quantity as Lots);
}

function convictionOf(leverage: number | null): Result<number, Denial> {
  if (leverage === null || figure(leverage) === null) return deny('NOT_FINITE', 'field=leverage');
  if (leverage > CONVICTION_MAX) return deny('MAX_LEVERAGE', `conviction=${leverage} max=${CONVICTION_MAX}`);
  if (leverage < CONVICTION_MIN) return deny('INVALID_INTENT', `field=leverage value=${leverage}`);
  return ok(leverage);
}

/** The last leg takes everything, whatever it says; without any, there is one that does. */
function legsOf(ratios: IntentEvent['exitLegRatios']): Result<readonly number[], Denial> {
  if (!Array.isArray(ratios) || ratios.length > LEGS_MAX)
    return deny('INVALID_INTENT', 'field=exit_leg_ratios');
  const legs: number[] = [];
  for (const ratio of ratios) {
    if (figure(ratio) === null) return deny('NOT_FINITE', `field=exit_leg_ratios leg=${legs.length}`);
    if (!(ratio > 0 && ratio <= 1))
      return deny('INVALID_INTENT', `field=exit_leg_ratios leg=${legs.length} value=${ratio}`);
    legs.push(ratio);
  }
  legs[Math.max(0, legs.length - 1)] = 1;
  return ok(legs);
}

/**
 * Returns how many lots an exit takes of a position: `size` in units of the base where it is a size, otherwise the leg's ratio of what is
 * left, both rounded down, but at least what the venue takes; never more than the position. The last leg takes everything, and a rest that
 * would be too small to be closed goes along.
 *
 * @param position what is held, without its sign
 */
export function exitLots(trade: Trade, position: Lots, size: number | null, instrument: Instrument): Lots {
  const wanted = size !== null && size > 0 ? sizeLots(instrument, size) : legLots(trade, position);
  const taken = Math.max(wanted, instrument.minLots, 1);
  const isRestTooSmall = position - taken < instrument.minLots;
  return (isRestTooSmall ? position : taken) as Lots;
}

function sizeLots(instrument: Instrument, size: number): number {
  const steps = stepsFrom(instrument.lot, size, 'down');
  return steps.ok ? steps.value : Number.MAX_SAFE_INTEGER;
}

function legLots(trade: Trade, position: Lots): number {
  const { exitLegRatios: ratios, legIndex } = trade;
  const ratio = legIndex >= ratios.length - 1 ? 1 : (ratios[legIndex] ?? 1);
  const steps = stepsFrom(WHOLE, position * ratio, 'down');
  return steps.ok ? steps.value : position;
}
