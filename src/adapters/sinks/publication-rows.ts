// The rows of what the kernel publishes (postings, trades, acts of the router, edges of its state) and of what it was told.

import { moneyText } from '../../domain/money.ts';
import type { Effect, LedgerAccount, PublishEffect } from '../../kernel/effect.ts';
import type { KernelEvent } from '../../kernel/event.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { KernelState } from '../../kernel/state.ts';
import { effectiveState } from '../../kernel/trading.ts';
import { cut, instantText, type RowDraft } from './row-draft.ts';

type PostingDraft = Extract<RowDraft, { readonly table: 'postings' }>;

/** Returns the rows of what was published, in its order. `state`: after it. */
export function publicationRows(effects: readonly Effect[], state: KernelState): readonly RowDraft[] {
  return effects.flatMap((effect) =>
    effect.kind === 'PUBLISH' ? [publicationRow(effect.publication, state)] : [],
  );
}

function publicationRow(publication: PublishEffect['publication'], now: KernelState): RowDraft {
  switch (publication.topic) {
    case 'posting': {
      const { id, account, amount, tradeId } = publication.posting;
      return {
        table: 'postings',
        posting_id: cut(id),
        account,
        amount: moneyText(amount),
        trade_id: tradeId,
        provenance: provenanceOf(account),
      };
    }
    case 'trade_closed': {
      const { tradeId, slot, realized, fees, funding, reason } = publication;
      const amounts = { realized: moneyText(realized), fees: moneyText(fees), funding: moneyText(funding) };
      return { table: 'trades', trade_id: tradeId, slot, ...amounts, reason: cut(reason) };
    }
    case 'router': {
      const { event, slot, tradeId, clientOrderId, reason } = publication;
      const names = { trade_id: tradeId, client_order_id: clientOrderId };
      return { table: 'router', event, slot, ...names, reason: cut(reason) };
    }
    case 'kernel_state': {
      const { state, reasons } = publication;
      return { table: 'recovery', event: 'KERNEL_STATE', kernel_state: state, details: reasons.join(' ') };
    }
    case 'strategy_disabled': {
      const { strategyClass, ordersCanceled } = publication;
      const details = `disabled class=${strategyClass} orders_canceled=${ordersCanceled}`;
      const kernel_state = effectiveState(now);
      return { table: 'recovery', event: 'PERMISSIONS', kernel_state, details: cut(details) };
    }
  }
}

function provenanceOf(account: LedgerAccount): PostingDraft['provenance'] {
  if (account === 'fee_predicted') return 'ESTIMATED';
  return account === 'fee_settled' ? 'SETTLED' : 'BOOKED';
}

/** Returns the row of an event that begins the kernel, or says how far it may go; `null` for every other. */
export function recoveryRow(event: KernelEvent, outcome: Outcome, state: KernelState): RowDraft | null {
  const details = recoveryDetails(event, outcome);
  if (details === null) return null;
  const { kind } = event as { readonly kind: Extract<RowDraft, { readonly table: 'recovery' }>['event'] };
  return { table: 'recovery', event: kind, kernel_state: effectiveState(state), details: cut(details) };
}

function recoveryDetails(event: KernelEvent, { isAccepted, code, details }: Outcome): string | null {
  switch (event.kind) {
    case 'START':
      return `run=${event.runId} at=${instantText(event.atMs)}`;
    case 'COMMAND': {
      const answer = isAccepted ? code : `${code} ${details}`.trimEnd();
      return `${event.command} by ${event.who}: ${event.why} (${answer})`;
    }
    case 'PERMISSIONS':
      return event.permissions === null
        ? 'no kill list that can be read'
        : `version=${event.version} classes=${event.permissions.length}`;
    case 'STREAM':
      return isAccepted ? (event.isUp ? 'up' : 'down') : null;
    case 'JOURNAL':
      return event.isFull ? 'the disk is full' : 'the disk has room again';
    case 'MALFORMED':
      return `${event.what}: ${event.problem}`;
    default:
      return null;
  }
}
