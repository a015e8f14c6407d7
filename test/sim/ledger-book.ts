// The judge's copy of the ledger: a plain sum over what was published, each posting once.

import { type Effect, LEDGER_ACCOUNTS, type LedgerAccount, type Posting } from '../../src/kernel/effect.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import type { Problem } from './invariants.ts';

/** These explain the venue's wallet without being ours; all others are K. */
const OTHERS: ReadonlySet<LedgerAccount> = new Set(['transfer', 'foreign']);

export class LedgerBook {
  private readonly ids = new Set<string>();
  private readonly sums = new Map<LedgerAccount, bigint>();

  take(effect: Effect): Problem | null {
    if (effect.kind !== 'PUBLISH' || effect.publication.topic !== 'posting') return null;
    const { posting } = effect.publication;
    if (this.ids.has(posting.id)) return { invariant: 'I8', text: `the posting ${posting.id} came twice` };
    this.ids.add(posting.id);
    return this.add(posting);
  }

  private add({ id, account, amount }: Posting): Problem | null {
    if (typeof amount !== 'bigint')
      return { invariant: 'I15', text: `the posting ${id} is of ${typeof amount}` };
    this.sums.set(account, (this.sums.get(account) ?? 0n) + amount);
    return null;
  }

  compare({ ledger }: KernelState): Problem | null {
    let [own, explained] = [0n, 0n];
    for (const account of LEDGER_ACCOUNTS) {
      const sum = this.sums.get(account) ?? 0n;
      if (ledger.balances[account] !== -sum)
        return { invariant: 'I8', text: `${account} is ${ledger.balances[account]}, posted was ${sum}` };
      if (OTHERS.has(account)) explained += sum;
      else own += sum;
    }
    if (ledger.wallet === own && ledger.explained === explained) return null;
    return {
      invariant: 'I8',
      text: `K is ${ledger.wallet} and ${ledger.explained} explained, posted were ${own} and ${explained}`,
    };
  }
}
