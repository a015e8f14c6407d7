// Mutants of orders: what is sent, what is believed of it, and what its fills come to.

import type { Mutant } from './mutant.ts';

const FSM = 'src/kernel/order-fsm.ts';
const DOUBT = 'src/kernel/doubt.ts';
const ORDERS = 'src/kernel/orders.ts';
const REPORTS = 'src/kernel/reports.ts';
const EXPOSURE = 'src/kernel/exposure.ts';

export const ORDER_MUTANTS: readonly Mutant[] = [
  {
    name: 'timeout-is-reject',
    file: DOUBT,
    find: "if (advance(tx, order, 'NO_ANSWER')) {",
    replace: "if (advance(tx, order, 'REJECT')) {",
    why: 'A submit that came to nothing known is booked as rejected.',
  },
  {
    name: 'silence-is-reject',
    file: DOUBT,
    find: "if (order.status === 'SENT') advance(tx, order, 'NO_ANSWER');",
    replace: "if (order.status === 'SENT') advance(tx, order, 'REJECT');",
    why: 'A submit that nobody answered in time is booked as rejected.',
  },
  {
    name: 'used-id-is-reject',
    file: DOUBT,
    find: "const LANDED = 'CLIENT_ID_REUSED';",
    replace: "const LANDED = 'NEVER';",
    why: 'That the id was used before counts as a rejection, although the order is there.',
  },
  {
    name: 'cancel-unknown-is-canceled',
    file: FSM,
    find: "CANCEL_NO_ANSWER: 'CANCEL_IN_DOUBT',",
    replace: "CANCEL_NO_ANSWER: 'CANCELED',",
    why: 'A cancel that nobody answered counts as done.',
  },
  {
    name: 'cancel-taken-is-canceled',
    file: FSM,
    find: "CANCEL_ACK: 'known',\n    CANCEL_REFUSED: 'CANCEL_IN_DOUBT',\n    CANCEL_DENIED: 'WORKING',",
    replace: "CANCEL_ACK: 'CANCELED',\n    CANCEL_REFUSED: 'CANCEL_IN_DOUBT',\n    CANCEL_DENIED: 'WORKING',",
    why: 'That a cancel was taken counts as the end of the order.',
  },
  {
    name: 'cancel-refused-is-canceled',
    file: FSM,
    find: "CANCEL_REFUSED: 'CANCEL_IN_DOUBT',\n    CANCEL_DENIED: 'WORKING',",
    replace: "CANCEL_REFUSED: 'CANCELED',\n    CANCEL_DENIED: 'WORKING',",
    why: 'An order that the venue would not cancel, since it may have filled, counts as canceled.',
  },
  {
    name: 'not-found-proves-at-once',
    file: DOUBT,
    find: 'if (order.absences < absenceCount || askedAtMs - sinceMs < absenceMs) return;',
    replace: '',
    why: 'The first view that does not show an order proves that it never was.',
  },
  {
    name: 'not-found-needs-no-time',
    file: DOUBT,
    find: 'order.absences < absenceCount || askedAtMs - sinceMs < absenceMs',
    replace: 'order.absences < absenceCount',
    why: 'Three looks in a row prove absence while a request may still be on its way.',
  },
  {
    name: 'found-keeps-absences',
    file: DOUBT,
    find: '    order.absences = 0;\n',
    replace: '',
    why: 'An order that was found does not begin the count of absences again.',
  },
  {
    name: 'old-answer-is-believed',
    file: DOUBT,
    find: 'const isOlder = event.askedAtMs < (order.cancelSentAtMs ?? 0)',
    replace: 'const isOlder = event.askedAtMs < 0',
    why: 'An answer of before the cancel says that the order works.',
  },
  {
    name: 'doubt-is-over',
    file: ORDERS,
    find: 'if (order.role !== role || isFinal(order.status)) continue;',
    replace: "if (order.role !== role || isFinal(order.status) || order.status === 'IN_DOUBT') continue;",
    why: 'The router takes an order in doubt for one that has ended.',
  },
  {
    name: 'doubt-of-cancel-is-over',
    file: ORDERS,
    find: 'if (order.role !== role || isFinal(order.status)) continue;',
    replace:
      "if (order.role !== role || isFinal(order.status) || order.status === 'CANCEL_IN_DOUBT') continue;",
    why: 'The router takes an order whose cancel is in doubt for one that has ended.',
  },
  {
    name: 'client-id-without-attempt',
    file: ORDERS,
    find: '    attempt,\n  });\n  assert',
    replace: '    attempt: 0,\n  });\n  assert',
    why: 'The second order of a trade gets the id of the first.',
  },
  {
    name: 'client-id-without-run',
    file: ORDERS,
    find: 'runId: state.runId,',
    replace: "runId: 'run',",
    why: 'A run gives ids that a run of before has given to other orders.',
  },
  {
    name: 'exit-may-open',
    file: ORDERS,
    find: "reduceOnly: draft.role === 'exit',",
    replace: 'reduceOnly: false,',
    why: 'An exit is not reduce-only, so that it can flip the position.',
  },
  {
    name: 'entry-may-only-close',
    file: ORDERS,
    find: "reduceOnly: draft.role === 'exit',",
    replace: 'reduceOnly: true,',
    why: 'An entry can only close, so that nothing is ever entered.',
  },
  {
    name: 'ttl-not-kept',
    file: ORDERS,
    find: 'const at = expiresAtMs !== null && expiresAtMs > tx.nowMs ? Math.min(plain, expiresAtMs) : plain;',
    replace: 'const at = plain;',
    why: 'The end of a quote is not looked at when it comes, but some time later.',
  },
  {
    name: 'denied-cancel-is-left',
    file: DOUBT,
    find: "} else if (advance(tx, order, 'CANCEL_DENIED')) retryCancelSoon(tx, order);",
    replace: "} else if (advance(tx, order, 'CANCEL_DENIED')) order.expiresAtMs = null;",
    why: 'An order that could not be canceled right now is never canceled again.',
  },
  {
    name: 'dedup-off',
    file: REPORTS,
    find: `  if (filledLots < order.filledLots) return false;
  if (filledLots === order.filledLots) return filledLots > 0 && takePrice(tx, order, report);
  order.filledLots = filledLots;`,
    replace: `  if (filledLots === 0) return false;
  order.filledLots = (order.filledLots + filledLots) as Lots;`,
    why: 'What a report says is added to what is known, so that each repetition counts.',
  },
  {
    name: 'older-report-shrinks',
    file: REPORTS,
    find: 'if (filledLots < order.filledLots) return false;\n  if (filledLots === order.filledLots) return',
    replace: 'if (filledLots === order.filledLots) return',
    why: 'A report of before takes filled lots away again.',
  },
  {
    name: 'late-fill-is-ignored',
    file: REPORTS,
    find: 'if (filledLots < order.filledLots) return false;\n  if (filledLots === order.filledLots) return',
    replace:
      'if (filledLots < order.filledLots || isFinal(order.status)) return false;\n  if (filledLots === order.filledLots) return',
    why: 'A final order takes no fill any more.',
  },
  {
    name: 'overfill-is-clipped',
    file: REPORTS,
    find: 'order.filledLots = filledLots;',
    replace: 'order.filledLots = Math.min(filledLots, order.quantity) as Lots;',
    why: 'Of what the venue filled only as much counts as was ordered.',
  },
  {
    name: 'overfill-goes-on',
    file: REPORTS,
    find: 'if (filledLots > order.quantity) overfilled(tx, order);',
    replace: '',
    why: 'More than was ordered is held, and entries go on.',
  },
  {
    name: 'last-price-for-average',
    file: REPORTS,
    find: 'order.filledQuote = filledQuote;\n    order.pricedLots = filledLots;',
    replace:
      'order.filledQuote = (((filledQuote - order.filledQuote) * BigInt(filledLots)) / BigInt(Math.max(1, filledLots - order.pricedLots))) as typeof filledQuote;\n    order.pricedLots = filledLots;',
    why: 'All lots of an order cost the price of its last fill.',
  },
  {
    name: 'unpriced-is-free',
    file: REPORTS,
    find: "diagnose(tx, 'UNPRICED_FILL');",
    replace: "diagnose(tx, 'UNPRICED_FILL');\n    order.pricedLots = filledLots;",
    why: 'A fill without a price counts as one that cost nothing.',
  },
  {
    name: 'rounded-average-replaces-sum',
    file: REPORTS,
    find: 'const isBetter = isQuoteExact && !order.isQuoteExact;',
    replace: 'const isBetter = !isQuoteExact && order.isQuoteExact;',
    why: 'A rounded average replaces the sum of trades.',
  },
  {
    name: 'parked-frame-is-dropped',
    file: REPORTS,
    find: 'parked.reports.push(report);',
    replace: '',
    why: 'A frame that came before the id of its order is known is dropped.',
  },
  {
    name: 'parked-frame-is-not-applied',
    file: REPORTS,
    find: 'for (const report of parked.reports) applyToOrder(tx, order, report);',
    replace: '',
    why: 'Frames that waited for their order are not handed to it.',
  },
  {
    name: 'claimed-fill-is-forgotten',
    file: REPORTS,
    find: 'if (claimed !== null) applyToOrder(tx, order, claimed);',
    replace: '',
    why: 'A fill that was taken for foreign is taken back, and given to nobody.',
  },
  {
    name: 'ownership-by-symbol',
    file: REPORTS,
    find: 'return report.clientOrderId === null ? null : (orders.get(report.clientOrderId) ?? null);',
    replace: `if (report.clientOrderId !== null) return orders.get(report.clientOrderId) ?? null;
  for (const order of orders.values()) if (order.symbol === report.symbol && !isFinal(order.status)) return order;
  return null;`,
    why: 'A report without an id belongs to whichever order of the symbol is out.',
  },
  {
    name: 'forgotten-order-is-foreign',
    file: REPORTS,
    find: "raise(tx, 'FORGOTTEN_ORDER', text);",
    replace: '',
    why: 'An order of ours that no journal knows does not stop entries.',
  },
  {
    name: 'filled-by-the-word',
    file: REPORTS,
    find: "if (report.status === 'FILLED') {",
    replace:
      "if (report.status === 'FILLED' && advance(tx, order, 'CANCELED')) return true;\n  if (report.status === 'FILLED') {",
    why: 'A report that says filled, with fewer lots than were ordered, ends the order.',
  },
  {
    name: 'position-of-the-other-side',
    file: EXPOSURE,
    find: "position += order.side === 'BUY' ? order.filledLots : -order.filledLots;",
    replace: "position += order.side === 'SELL' ? order.filledLots : -order.filledLots;",
    why: 'What was bought counts as sold.',
  },
  {
    name: 'adoption-is-not-held',
    file: EXPOSURE,
    find: 'let position = trade.adopted.buyLots - trade.adopted.sellLots;',
    replace: 'let position = 0;',
    why: 'What was taken over is not part of the position.',
  },
  {
    name: 'realized-the-other-way',
    file: EXPOSURE,
    find: 'return (sold - bought) as Money;',
    replace: 'return (bought - sold) as Money;',
    why: 'A gain is booked as a loss.',
  },
  {
    name: 'realized-of-all-that-was-sold',
    file: EXPOSURE,
    find: 'const matched = BigInt(Math.min(buyLots, sellLots));',
    replace: 'const matched = BigInt(Math.max(buyLots, sellLots));',
    why: 'Profit is realized on what is still open.',
  },
];
