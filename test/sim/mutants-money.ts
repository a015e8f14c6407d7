// Mutants of money: fees, profit, funding, what others did, and the comparison of K with the venue's wallet.

import type { Mutant } from './mutant.ts';

const LEDGER = 'src/kernel/ledger.ts';
const REPORTS = 'src/kernel/reports.ts';
const FOREIGN = 'src/kernel/foreign.ts';
const INCOME = 'src/kernel/income.ts';
const BANDS = 'src/kernel/bands.ts';

export const MONEY_MUTANTS: readonly Mutant[] = [
  {
    name: 'leverage-multiplies-profit',
    file: LEDGER,
    find: 'const realized = realizedOf(totalsOf(trade));',
    replace: 'const realized = (realizedOf(totalsOf(trade)) * BigInt(trade.exchangeLeverage)) as Money;',
    why: 'Profit is multiplied by the leverage.',
  },
  {
    name: 'nominal-price-for-true',
    file: LEDGER,
    find: 'const realized = realizedOf(totalsOf(trade));',
    replace: `const [instrument, mark] = [tx.state.instruments.get(trade.symbol), tx.state.marks.get(trade.symbol)];
  const orders = trade.orders.map((order) =>
    instrument === undefined || mark === undefined ? order : { ...order, filledQuote: quoteOf(instrument, order.filledLots, order.limit ?? mark.mark) });
  const realized = realizedOf(totalsOf({ ...trade, orders }));`,
    why: 'Profit is booked at the price of the order, or at the mark, instead of at what was traded.',
  },
  {
    name: 'profit-is-booked-again',
    file: LEDGER,
    find: '  trade.bookedRealized = realized;\n',
    replace: '',
    why: 'Each report of a trade books its whole profit once more.',
  },
  {
    name: 'half-known-profit',
    file: LEDGER,
    find: 'if (unpricedLotsOf(trade) > 0 || (',
    replace: 'if ((',
    why: 'Profit is booked while a fill has no price yet.',
  },
  {
    name: 'fee-sign',
    file: LEDGER,
    find: 'amount: negated(paid),',
    replace: 'amount: paid,',
    why: 'A fee is received instead of paid.',
  },
  {
    name: 'prediction-is-booked-again',
    file: LEDGER,
    find: '  order.bookedPredicted = predicted;\n',
    replace: '',
    why: 'A predicted fee is posted with each report.',
  },
  {
    name: 'fee-is-settled-again',
    file: LEDGER,
    find: '  order.bookedSettled = settled;\n',
    replace: '',
    why: 'A settled fee is posted with each report.',
  },
  {
    name: 'prediction-stays',
    file: LEDGER,
    find: 'const open = filledLots - feeLots;',
    replace: 'const open = filledLots;',
    why: 'A settled fee does not take its prediction back.',
  },
  {
    name: 'zero-fee-is-missing',
    file: REPORTS,
    find: 'if (fee === null || ',
    replace: 'if (fee === null || fee === 0n || ',
    why: 'A fee of zero settles nothing.',
  },
  {
    name: 'fee-of-any-asset',
    file: REPORTS,
    find: 'const paid = feeAsset === null ? fee : NO_MONEY;',
    replace: 'const paid = fee;',
    why: 'A fee in another asset is booked as money of this one.',
  },
  {
    name: 'fee-of-fewer-lots',
    file: REPORTS,
    find: ' || filledLots < order.feeLots) return false;\n  if (feeAsset',
    replace: ') return false;\n  if (feeAsset',
    why: 'The fee of an older report replaces that of a newer one.',
  },
  {
    name: 'calibrated-by-any-fee',
    file: 'src/kernel/fees.ts',
    find: 'if (size === 0n || deviation * ONE > BigInt(state.config.ledger.calibrationGuardPpm) * size)',
    replace: 'if (size === 0n)',
    why: 'One odd fee changes the rate of every prediction after it.',
  },
  {
    name: 'foreign-into-k',
    file: LEDGER,
    find: "if (account === 'transfer' || account === 'foreign')",
    replace: "if (account === 'transfer')",
    why: 'What others did changes K.',
  },
  {
    name: 'transfer-into-k',
    file: LEDGER,
    find: "if (account === 'transfer' || account === 'foreign')",
    replace: "if (account === 'foreign')",
    why: 'A deposit changes K.',
  },
  {
    name: 'foreign-counts-again',
    file: FOREIGN,
    find: '  order.bookedAmount = amount;\n',
    replace: '',
    why: 'Each report of an order of others explains its money once more.',
  },
  {
    name: 'claim-without-reversal',
    file: FOREIGN,
    find: 'if (isAfterSeed(tx.state.ledger, order.report.venueAtMs))\n    postForeign(tx, `claimed:',
    replace: 'if (venueOrderId === null)\n    postForeign(tx, `claimed:',
    why: 'What was explained as of others stays explained when we claim it, so it counts twice.',
  },
  {
    name: 'foreign-fee-is-forgotten',
    file: FOREIGN,
    find: 'feeAsset === null ? (fee ?? NO_MONEY) : NO_MONEY',
    replace: 'NO_MONEY',
    why: 'The fees of others are not explained.',
  },
  {
    name: 'funding-twice',
    file: INCOME,
    find: 'if (transactions.has(row.transactionId)) return false;',
    replace: '',
    why: 'A line of the account book counts each time it is listed.',
  },
  {
    name: 'funding-sign',
    file: INCOME,
    find: "account: 'funding', amount: own,",
    replace: "account: 'funding', amount: -own as Money,",
    why: 'Funding that was paid is received.',
  },
  {
    name: 'income-of-before-the-seed',
    file: INCOME,
    find: ' || row.venueAtMs <= seededAtMs) continue;',
    replace: ') continue;',
    why: 'Lines that the first wallet held already are counted again.',
  },
  {
    name: 'transfer-is-forgotten',
    file: INCOME,
    find: 'else bookOther(tx, row);',
    replace: '',
    why: 'A deposit is not explained, and freezes.',
  },
  {
    name: 'k-is-seeded-again',
    file: BANDS,
    find: 'if (ledger.seededAtMs !== null || venueWallet === null',
    replace: 'if (venueWallet === null',
    why: 'Each balance makes K what the venue says.',
  },
  {
    name: 'error-never-freezes',
    file: BANDS,
    find: "if (ledger.band === 'ERROR') raise",
    replace: "if (ledger.band === 'UNKNOWN') raise",
    why: 'A difference of any size leaves entries free.',
  },
  {
    name: 'error-never-ends',
    file: BANDS,
    find: "else clear(tx, 'RECONCILE_ERROR');",
    replace: '',
    why: 'A freeze outlives its cause.',
  },
  {
    name: 'warning-never-ends',
    file: BANDS,
    find: 'const isOverdue = deadlineMs !== null && nowMs >= deadlineMs;',
    replace: 'const isOverdue = false;',
    why: 'A small difference may stay for ever.',
  },
  {
    name: 'error-from-edge',
    file: BANDS,
    find: 'return size < (share',
    replace: 'return size <= (share',
    why: 'A difference that is exactly an error is a warning.',
  },
  {
    name: 'ok-below-edge',
    file: BANDS,
    find: "if (size < okBelow) return 'OK';",
    replace: "if (size <= okBelow) return 'OK';",
    why: 'A difference that is exactly a warning is none.',
  },
  {
    name: 'margin-frame-is-a-wallet',
    file: BANDS,
    find: 'if (wallet === null || (wallet <= 0n && !isAsked)) return false;',
    replace: 'if (wallet === null) return false;',
    why: 'A frame of margins only makes the wallet nothing.',
  },
  {
    name: 'older-wallet-wins',
    file: BANDS,
    find: '  if (ledger.venueAtMs !== null && venueAtMs < ledger.venueAtMs) return false;\n',
    replace: '',
    why: 'A balance that comes late replaces a newer one.',
  },
  {
    name: 'no-margin-is-the-old-margin',
    file: BANDS,
    find: 'availableMargin ?? ledger.availableMargin',
    replace: 'availableMargin || ledger.availableMargin',
    why: 'A margin of nothing is read as not said.',
  },
  {
    name: 'open-loss-is-no-loss',
    file: LEDGER,
    find: 'return plus(minus(ledger.wallet, begin), openProfit(state));',
    replace: 'return minus(ledger.wallet, begin);',
    why: 'What is lost at marks does not count for the day.',
  },
];
