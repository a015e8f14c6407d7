// What a person may ask about later and the kernel's state does not hold: the last command with who and why, denials, and the last events.

import type { IntentId, TradeId } from '../../domain/ids.ts';
import type { EpochMs } from '../../domain/steps.ts';
import type { Effect } from '../../kernel/effect.ts';
import type { CommandEvent } from '../../kernel/event.ts';
import { OUTCOME_CODES, type OutcomeCode } from '../../kernel/outcome.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { AppliedRecord, Observer } from '../record.ts';
import { hasEffect } from './control-request-id.ts';

const DENIALS_MAX = 200;
const ENTRIES_MAX = 200;
const EVENTS_MAX = 12;

/** What a policy wanted and the kernel refused: at once, or when an order of an entry that was let in was to go out. */
export interface Denial {
  /** Its record in the journal. */
  readonly seq: number;
  readonly atMs: EpochMs;
  readonly intentId: IntentId | null;
  /** `null` where no trade was begun. */
  readonly tradeId: TradeId | null;
  /** In words, as `ENTER BTC-USDT`. */
  readonly what: string;
  readonly code: OutcomeCode;
  readonly details: string;
}

/** An entry that was let in. */
interface LetIn {
  readonly intentId: IntentId;
  readonly tradeId: TradeId;
}

export interface ControlMemory {
  /** Sees each record: those of a recovery first, where somebody has them, then those of the host. */
  readonly observe: Observer;
  /** The command that brought about what is in force; `null` where none was seen. */
  readonly command: CommandEvent | null;
  /** Oldest first, the newest 200. */
  readonly denials: readonly Denial[];
  /** Entries that were let in, oldest first, the newest 200. */
  readonly entries: readonly LetIn[];
  /** Oldest first, the newest 12; prices, and what only says that time has passed, are left out. */
  readonly events: readonly AppliedRecord[];
  /** Takes the command that a journal holds before the first record that was seen; `null` where it holds none. */
  rememberCommand(command: CommandEvent | null): void;
}

export function controlMemory(): ControlMemory {
  return new Memory();
}

class Memory implements ControlMemory {
  command: CommandEvent | null = null;
  readonly denials: Denial[] = [];
  readonly entries: LetIn[] = [];
  readonly events: AppliedRecord[] = [];
  readonly observe: Observer = (record, state) => this.take(record, state);

  rememberCommand(command: CommandEvent | null): void {
    this.command ??= command;
  }

  private take(record: AppliedRecord, state: KernelState): void {
    const { event, outcome } = record;
    if (event.kind === 'MARK' && outcome.isAccepted) return;
    if (event.kind === 'COMMAND' && outcome.isAccepted && hasEffect(event)) this.command = event;
    if (event.kind === 'INTENT') this.takeIntent(record, state);
    for (const effect of record.effects) this.takeEffect(record, effect);
    if (isNews(record)) push(this.events, record, EVENTS_MAX);
  }

  private takeIntent({ seq, event, outcome }: AppliedRecord, state: KernelState): void {
    if (event.kind !== 'INTENT' || event.action === 'MARK_PRICE') return;
    const { intentId, action, symbol, tradeId } = event;
    if (!outcome.isAccepted) {
      const { code, details } = outcome;
      const what = symbol === '' ? action : `${action} ${symbol}`;
      push(this.denials, { seq, atMs: state.nowMs, intentId, tradeId, what, code, details }, DENIALS_MAX);
      return;
    }
    const trade = state.slots[event.slot]?.trade;
    if (action === 'ENTER' && trade) push(this.entries, { intentId, tradeId: trade.tradeId }, ENTRIES_MAX);
  }

  /** A later order of an entry passes the gates again, and may be stopped there. */
  private takeEffect({ seq, event }: AppliedRecord, effect: Effect): void {
    if (effect.kind !== 'PUBLISH' || effect.publication.topic !== 'router') return;
    const { event: what, tradeId, reason } = effect.publication;
    if (what !== 'requote_blocked') return;
    const [word, ...rest] = reason.split(' ');
    const code = OUTCOME_CODES.find((each) => each === word);
    if (code === undefined) return;
    const intentId = this.entries.findLast((entry) => entry.tradeId === tradeId)?.intentId ?? null;
    const details = rest.join(' ');
    push(
      this.denials,
      { seq, atMs: event.atMs, intentId, tradeId, what: 'the next order of an entry', code, details },
      DENIALS_MAX,
    );
  }
}

function push<T>(list: T[], one: T, max: number): void {
  list.push(one);
  if (list.length > max) list.shift();
}

/** Rounds with the venue and the passing of time are news only where the kernel does something for them beside asking again. */
function isNews({ event, effects }: AppliedRecord): boolean {
  if (event.kind === 'DECISION') return event.action !== 'HOLD';
  if (!ROUTINE.has(event.kind)) return true;
  return effects.some(({ kind }) => kind !== 'WAKE_AT' && kind !== 'FETCH' && kind !== 'QUERY');
}

const ROUTINE: ReadonlySet<string> = new Set([
  'MARK',
  'WAKE',
  'OPEN_ORDERS',
  'POSITIONS',
  'FILLS',
  'INCOME',
  'BALANCE',
  'QUERY_RESULT',
]);
