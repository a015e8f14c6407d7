// What the platform shows of an engine at this moment, kept up to date by the rows of the journal: its slots, account, scan and leverage.

import { fieldOf } from '../../domain/field-of.ts';
import type { SinkRow } from '../../domain/sink-row.ts';

/** Digits after the point: no step is finer, and money has eight. */
const DECIMALS = 12;
const CAPITAL_MIN = 1e-10;

type StepRow = Extract<SinkRow, { readonly table: 'steps' }>;
type FillRow = Extract<SinkRow, { readonly table: 'fills' }>;

/** One trade, in the sums of its fills; amounts are plain decimals. */
export interface SnapshotSlot {
  readonly slot: number;
  readonly trade_id: string;
  readonly symbol: string;
  readonly entered: string;
  readonly entry_quote: string;
  readonly exited: string;
  readonly side: 'LONG' | 'SHORT' | null;
  /** Whether the cost of everything that was entered is known. */
  readonly is_priced: boolean;
}

/** The value of one engine in the map. It is also what a new process goes on from. */
export interface EngineSnapshot {
  readonly instance: string;
  readonly run: string;
  readonly seq: number;
  readonly part: number;
  readonly at: string;
  readonly kernel_state: string;
  readonly account: { readonly wallet: string | null; readonly exchange_wallet: string | null };
  /** Of the newest decision; `null` where it named none. */
  readonly scan_number: number | null;
  readonly vel_div: number | null;
  readonly vol_ok: boolean | null;
  readonly posture: string | null;
  readonly slots: readonly SnapshotSlot[];
  /** Whether every trade that is open was followed from its begin. */
  readonly is_whole: boolean;
}

/** Returns the snapshot of an engine of which nothing is known yet. */
export function noSnapshot(instance: string): EngineSnapshot {
  return {
    instance,
    run: '',
    seq: 0,
    part: 0,
    at: '',
    kernel_state: '',
    account: { wallet: null, exchange_wallet: null },
    scan_number: null,
    vel_div: null,
    vol_ok: null,
    posture: null,
    slots: [],
    is_whole: false,
  };
}

/**
 * Returns the snapshot after one more row. A row that it knows changes nothing, and the first start of a journal begins it anew, so that the
 * journal can be followed again from its begin.
 */
export function snapshotAfter(snapshot: EngineSnapshot, row: SinkRow): EngineSnapshot {
  const isFirst = row.table === 'steps' && row.action === 'START' && fact(row, 'previous_run') === null;
  const known = isFirst ? { ...noSnapshot(row.instance), is_whole: true } : snapshot;
  if (!isFirst && (row.seq < known.seq || (row.seq === known.seq && row.part <= known.part))) return known;
  const next = { ...known, run: row.run, seq: row.seq, part: row.part, at: row.at };
  switch (row.table) {
    case 'steps':
      return afterStep(next, row);
    case 'fills':
      return { ...next, slots: next.slots.map((slot) => afterFill(slot, row)) };
    case 'trades':
      return { ...next, slots: next.slots.filter(({ trade_id }) => trade_id !== row.trade_id) };
    case 'recovery':
      return { ...next, kernel_state: row.kernel_state };
    default:
      return next;
  }
}

function afterStep(snapshot: EngineSnapshot, row: StepRow): EngineSnapshot {
  const next = {
    ...snapshot,
    kernel_state: row.kernel_state,
    account: { wallet: row.wallet, exchange_wallet: row.exchange_wallet },
  };
  // A stop is written as a decision of nobody, and says nothing of a scan.
  if (isDecision(row)) return row.policy === '' ? next : { ...next, ...scanIn(row) };
  const isEntry = row.phase === 'execution' && row.action === 'ENTER';
  if (!isEntry || row.slot === null || row.trade_id === null) return next;
  if (next.slots.some(({ trade_id }) => trade_id === row.trade_id)) return next;
  const slot = {
    slot: row.slot,
    trade_id: row.trade_id,
    symbol: row.symbol,
    entered: '0',
    entry_quote: '0',
    exited: '0',
    side: null,
    is_priced: true,
  };
  const others = next.slots.filter((one) => one.slot !== row.slot);
  // A slot takes one trade at a time: whatever was in it before, followed or not, is over.
  return { ...next, is_whole: true, slots: [...others, slot].sort((a, b) => a.slot - b.slot) };
}

/** An entry without a size is suppressed by the policy itself: nobody was asked, so there is no outcome. */
function isDecision({ phase, outcome }: StepRow): boolean {
  return phase === 'decision' || (phase === 'entry_suppressed' && outcome === '');
}

function afterFill(slot: SnapshotSlot, row: FillRow): SnapshotSlot {
  if (slot.trade_id !== row.trade_id) return slot;
  if (row.role === 'exit') return { ...slot, exited: sum(slot.exited, row.quantity) };
  return {
    ...slot,
    side: row.side === 'BUY' ? 'LONG' : 'SHORT',
    entered: sum(slot.entered, row.quantity),
    entry_quote: sum(slot.entry_quote, row.quote),
    is_priced: units(row.quantity) === 0n || (slot.is_priced && row.price !== null),
  };
}

function scanIn(row: StepRow): Pick<EngineSnapshot, 'scan_number' | 'vel_div' | 'vol_ok' | 'posture'> {
  const [number, velDiv, isVolOk, posture] = ['scan_number', 'vel_div', 'vol_ok', 'posture'].map((name) =>
    fact(row, name),
  );
  return {
    scan_number: typeof number === 'number' ? number : null,
    vel_div: typeof velDiv === 'number' ? velDiv : null,
    vol_ok: typeof isVolOk === 'boolean' ? isVolOk : null,
    posture: typeof posture === 'string' ? posture : null,
  };
}

/** A fact of a row; `undefined` where there is none. Facts are JSON by promise alone. */
function fact(row: StepRow, name: string): unknown {
  try {
    return fieldOf(JSON.parse(row.facts), name);
  } catch {
    return undefined;
  }
}

/**
 * Returns the value of the map as JSON: the snapshot with what follows from it. `our_leverage` is the sum over slots of size × entry,
 * divided by the capital, and 0 where that is 1e-10 or less; `null` where a size, an entry or the capital is not known.
 */
export function snapshotJson(snapshot: EngineSnapshot): string {
  const slots = snapshot.slots.map((slot) => ({
    ...slot,
    size: sizeOf(slot),
    entry_price: entryPrice(slot),
  }));
  return JSON.stringify({ ...snapshot, slots, our_leverage: leverageOf(snapshot) });
}

function leverageOf({ is_whole, account, slots }: EngineSnapshot): number | null {
  if (!is_whole || account.wallet === null) return null;
  const capital = Number(account.wallet);
  let notional = 0;
  for (const slot of slots) {
    const size = Number(sizeOf(slot));
    const entry = size === 0 ? 0 : entryPrice(slot);
    if (entry === null) return null;
    notional += size * entry;
  }
  return capital <= CAPITAL_MIN ? 0 : notional / capital;
}

function entryPrice({ entered, entry_quote, is_priced }: SnapshotSlot): number | null {
  return is_priced && units(entered) > 0n ? Number(entry_quote) / Number(entered) : null;
}

function sizeOf({ entered, exited }: SnapshotSlot): string {
  return text(units(entered) - units(exited));
}

function sum(a: string, b: string): string {
  return text(units(a) + units(b));
}

/** A plain decimal in whole 1e-12. */
function units(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const size = BigInt(whole + fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
  return decimal.startsWith('-') ? -size : size;
}

function text(size: bigint): string {
  const digits = (size < 0n ? -size : size).toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  const plain = `${digits.slice(0, -DECIMALS)}${fraction === '' ? '' : `.${fraction}`}`;
  return size < 0n ? `-${plain}` : plain;
}

/** Returns the snapshot that a value of the map is, or `null` where it is none of this engine's. */
export function snapshotFrom(json: string, instance: string): EngineSnapshot | null {
  const value = parsed(json);
  const [own, seq, part, slots] = ['instance', 'seq', 'part', 'slots'].map((name) => fieldOf(value, name));
  const isOurs = own === instance && Number.isSafeInteger(seq) && Number.isSafeInteger(part);
  if (!isOurs || !Array.isArray(slots) || !slots.every(isSlot)) return null;
  const wallets = fieldOf(value, 'account');
  const word = (name: string): string => textOr(fieldOf(value, name)) ?? '';
  return {
    ...noSnapshot(instance),
    run: word('run'),
    seq: Number(seq),
    part: Number(part),
    at: word('at'),
    kernel_state: word('kernel_state'),
    account: {
      wallet: decimalOr(fieldOf(wallets, 'wallet')),
      exchange_wallet: decimalOr(fieldOf(wallets, 'exchange_wallet')),
    },
    slots: slots.map(kept),
    is_whole: fieldOf(value, 'is_whole') === true,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function isSlot(value: unknown): value is SnapshotSlot {
  const side = fieldOf(value, 'side');
  return (
    Number.isSafeInteger(fieldOf(value, 'slot')) &&
    ['trade_id', 'symbol'].every((name) => textOr(fieldOf(value, name)) !== null) &&
    ['entered', 'entry_quote', 'exited'].every((name) => decimalOr(fieldOf(value, name)) !== null) &&
    (side === null || side === 'LONG' || side === 'SHORT') &&
    typeof fieldOf(value, 'is_priced') === 'boolean'
  );
}

/** Without what follows from the rest. */
function kept({
  slot,
  trade_id,
  symbol,
  entered,
  entry_quote,
  exited,
  side,
  is_priced,
}: SnapshotSlot): SnapshotSlot {
  return { slot, trade_id, symbol, entered, entry_quote, exited, side, is_priced };
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function decimalOr(value: unknown): string | null {
  return typeof value === 'string' && /^-?\d{1,30}(\.\d{1,12})?$/.test(value) ? value : null;
}
