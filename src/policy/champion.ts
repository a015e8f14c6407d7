// The policy that ships: exits at every step, and at each new scan one question, whether to enter.

import type { PolicySettings } from '../domain/policy-settings.ts';
import type { Scan } from '../domain/scan.ts';
import { boostOf } from './boost.ts';
import { type ChampionRules, championRules } from './champion-rules.ts';
import { CONFIRMATION_SAMPLES } from './confirmation.ts';
import { entryDecision, exitDecision, holdDecision } from './decisions.ts';
import { entryOf } from './entries.ts';
import { type AskedExits, exitAsked, exitOf, isAskedAlready } from './exits.ts';
import type { Decision, Policy, PolicyStep, PolicyView, SlotView } from './policy.ts';
import { observed, type PriceHistory } from './price-history.ts';
import { scanFacts, slotFacts } from './scan-facts.ts';
import { beginSizer, entryAsked, type SizerMemory, tradesFollowed } from './sizer.ts';

/** Another one forgets the memory of before: to be raised with every change of what the memory means. */
const VERSION = '1';

/** Plain JSON. */
export interface ChampionMemory {
  /** The newest scan that was decided on; `null` before the first. */
  readonly scan: { readonly number: number; readonly atMs: number } | null;
  /** Whether the last scan was too old, which is said once. */
  readonly isStale: boolean;
  readonly confirmation: PriceHistory;
  readonly picker: PriceHistory;
  readonly sizer: SizerMemory;
  readonly exits: AskedExits;
}

/**
 * Returns the champion, set up by the section `policy` of config/pink.yaml. Each step first follows its trades to their ends, then decides
 * about exits, each at its slot's own price, and at a new scan observes prices and decides about one entry. A slot gets one decision at
 * most, and a scan one entry.
 */
export function championPolicy(settings: PolicySettings): Policy<ChampionMemory> {
  const rules = championRules(settings);
  return {
    name: 'champion',
    version: VERSION,
    // The calibration by its figure as well, so that another fit is another policy.
    settings: { ...settings, threshold: rules.threshold },
    strategyClass: settings.strategy_class,
    begin: () => ({
      scan: null,
      isStale: false,
      confirmation: {},
      picker: {},
      sizer: beginSizer(),
      exits: [],
    }),
    step: (memory, view) => step(rules, memory, view),
  };
}

function step(rules: ChampionRules, before: ChampionMemory, view: PolicyView): PolicyStep<ChampionMemory> {
  const boost = boostOf(view.scan, view.scanAgeMs, rules.scanMaxAgeMs);
  const sizer = tradesFollowed(before.sizer, view, rules.sizer);
  const { decisions, asked } = exitsOf(rules, before, view, boost);
  const memory = { ...before, sizer, exits: asked };
  const scan = view.isNewScan && view.scan !== null && isLater(view.scan, before.scan) ? view.scan : null;
  if (scan === null) return { memory, decisions };
  return onScan(rules, seen(rules, memory, view, scan), view, scan, boost, decisions, before.isStale);
}

/** A source that began again counts from the start, so a lower number is new where its time is later. */
function isLater(scan: Scan, last: ChampionMemory['scan']): boolean {
  if (last === null || scan.scanNumber > last.number) return true;
  return scan.scanNumber < last.number && scan.scannedAtMs > last.atMs;
}

function exitsOf(
  rules: ChampionRules,
  memory: ChampionMemory,
  view: PolicyView,
  boost: number,
): { readonly decisions: readonly Decision[]; readonly asked: AskedExits } {
  const decisions: Decision[] = [];
  const open = view.slots.filter(({ status }) => status === 'open');
  let asked: AskedExits = memory.exits.filter((one) => open.some(({ slot }) => slot === one.slot));
  for (const slot of open) {
    const exit = exitOf(slot, view.nowMs, rules.exits);
    if (exit === null || isAskedAlready(asked, slot, exit.cause, view.nowMs)) continue;
    asked = exitAsked(asked, slot, exit.cause, view.nowMs);
    const facts = { ...scanFacts(view, boost), ...slotFacts(slot, view.nowMs) };
    decisions.push(exitDecision(slot, exit, facts));
  }
  return { decisions, asked };
}

/** One price of each asset for each scan, whether or not anything is decided on it: an old scan is history all the same. */
function seen(rules: ChampionRules, memory: ChampionMemory, view: PolicyView, scan: Scan): ChampionMemory {
  const keys = Object.keys(view.symbols);
  const take = (history: PriceHistory, samples: number): PriceHistory =>
    observed(history, scan.prices, keys, scan.scannedAtMs, { samples, gapMs: rules.gapMs });
  return {
    ...memory,
    scan: { number: scan.scanNumber, atMs: scan.scannedAtMs },
    isStale: view.scanAgeMs > rules.scanMaxAgeMs,
    confirmation: take(memory.confirmation, CONFIRMATION_SAMPLES),
    picker: take(memory.picker, rules.picker.lookback),
  };
}

function onScan(
  rules: ChampionRules,
  memory: ChampionMemory,
  view: PolicyView,
  scan: Scan,
  boost: number,
  exits: readonly Decision[],
  wasStale: boolean,
): PolicyStep<ChampionMemory> {
  const scanned = scanFacts(view, boost);
  const isDecided = ({ slot }: SlotView): boolean => exits.some((one) => one.slot === slot);
  const held = view.slots.filter((slot) => slot.status !== 'free' && !isDecided(slot));
  const free = view.slots.find(({ status }) => status === 'free');
  if (memory.isStale) {
    const about = free ?? held[0];
    // Bars of the past come by the hundred, and each would say the same.
    if (wasStale || about === undefined) return { memory, decisions: exits };
    const reason = `SCAN_STALE: ${view.scanAgeMs} ms old, at most ${rules.scanMaxAgeMs}`;
    return { memory, decisions: [...exits, holdDecision(about, reason, scanned)] };
  }
  const holds = held
    .filter(({ status, price }) => status === 'open' && price === null)
    .map((slot) =>
      holdDecision(slot, `all: no price of ${slot.symbol}, only the longest hold ends it`, scanned),
    );
  const decisions = [...exits, ...holds];
  if (free === undefined) {
    const about = held.find(({ slot }) => !holds.some((one) => one.slot === slot));
    if (about === undefined) return { memory, decisions };
    const facts = { ...scanned, ...slotFacts(about, view.nowMs) };
    return {
      memory,
      decisions: [...decisions, holdDecision(about, 'NO_FREE_SLOT: every slot is taken', facts)],
    };
  }
  const { confirmation, picker, sizer } = memory;
  const entry = entryOf({ view, scan, boost, rules, confirmation, picker, sizer });
  const decision = entryDecision(free, entry, { ...scanned, ...entry.facts });
  if (entry.kind === 'none') return { memory, decisions: [...decisions, decision] };
  const { symbol, side, bucket } = entry;
  const asked = entryAsked(sizer, { slot: free.slot, symbol, side, bucket, atMs: view.nowMs });
  return { memory: { ...memory, sizer: asked }, decisions: [...decisions, decision] };
}
