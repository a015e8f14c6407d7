// What a decision was made from, as the journal keeps it beside the decision.

import { gainBps } from './exits.ts';
import type { PolicyView, SlotView } from './policy.ts';

/** Payloads of others that are longer than this, as JSON, are left out, and the facts say so. */
const PAYLOAD_CHARS_MAX = 4_096;

type Facts = Readonly<Record<string, unknown>>;

/** Returns the scan behind a decision, under the names of its rows; only its absence where there is none. */
export function scanFacts(view: PolicyView, boost: number): Facts {
  const { scan } = view;
  if (scan === null) return { scan_number: null };
  return {
    scan_number: scan.scanNumber,
    scan_age_ms: view.scanAgeMs,
    vel_div: scan.velDiv,
    w50_velocity: scan.w50Velocity,
    w750_velocity: scan.w750Velocity,
    anchor: scan.anchor,
    posture: scan.posture,
    vol_ok: scan.isVolOk,
    acb_boost: boost,
    ...(scan.problems.length === 0 ? {} : { scan_problems: scan.problems.slice(0, 10) }),
    ...payloads({ exf: scan.exf, esof: scan.esof }),
  };
}

function payloads(all: Facts): Facts {
  const facts: Record<string, unknown> = {};
  const leftOut: string[] = [];
  for (const [name, payload] of Object.entries(all)) {
    if (payload === null || payload === undefined) continue;
    if (JSON.stringify(payload).length <= PAYLOAD_CHARS_MAX) facts[name] = payload;
    else leftOut.push(name);
  }
  return leftOut.length === 0 ? facts : { ...facts, left_out: leftOut };
}

/** Returns what is held in a slot, and what its own price makes of it. */
export function slotFacts(slot: SlotView, nowMs: number): Facts {
  return {
    entry_price: slot.entryPrice,
    price: slot.price?.price ?? null,
    price_age_ms: slot.price?.ageMs ?? null,
    price_source: slot.price?.source ?? null,
    gain_bps: gainBps(slot),
    held_ms: nowMs - slot.openedAtMs,
    leg: slot.legIndex,
  };
}
