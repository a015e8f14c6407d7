// What is held, what is ordered, what the ledger booked, and which trades have ended.

import type {
  ClosedTradeLook,
  LedgerLook,
  OrderLook,
  RunnerView,
  SlotLook,
  TradeLook,
} from '../runner-view.ts';
import { age, badge, byId, el, fill, instant, nothing, pairs, table } from './dom.ts';
import { decimal, GAIN, MONEY, shortId, signOf, UNKNOWN } from './format.ts';
import { toneOf } from './state-panel.ts';

const PRICE = { places: 1, placesMax: 8 };
const SIZE = { places: 0, placesMax: 8 };
/** The ledger is looked at to the last digit. */
const EXACT = { places: 2, placesMax: 8 };
const FEE = { places: 2, placesMax: 6 };

/** Slots that a person should look at. */
const BAD_SLOTS = ['ORPHAN', 'QUARANTINED'];

/** Shows every slot. */
export function showPosition({ slots, marginAsset }: RunnerView): void {
  fill(byId('position'), [slots, marginAsset], () =>
    slots.length === 0 ? [nothing('There are no slots.')] : slots.map(slotPart),
  );
}

function slotPart(slot: SlotLook): HTMLElement {
  const { trade, status, stage, quarantine } = slot;
  const tone = BAD_SLOTS.includes(status) ? 'bad' : trade === null ? 'soft' : 'plain';
  const head = el(
    'p',
    { class: 'slot-head' },
    el('span', { class: 'soft' }, `Slot ${slot.slot}`),
    badge(status, tone),
    el('span', { class: 'soft' }, stage),
  );
  const why =
    quarantine === '' ? null : el('p', { 'data-tone': 'bad' }, `A person has to look: ${quarantine}`);
  if (trade === null)
    return el(
      'div',
      { class: 'slot' },
      head,
      why,
      nothing('Flat: nothing is held here, and nothing is on its way.'),
    );
  return el('div', { class: 'slot' }, head, why, heldWords(trade), tradePairs(trade));
}

function heldWords({ side, symbol, size, openProfit }: TradeLook): HTMLElement {
  return el(
    'p',
    { class: 'held' },
    el('span', { class: 'side', 'data-side': side }, side),
    el('span', {}, `${decimal(size, SIZE)} ${symbol}`),
    el('span', { class: 'held-profit', 'data-tone': toneOf(openProfit) }, decimal(openProfit, GAIN)),
  );
}

function tradePairs(trade: TradeLook): HTMLElement {
  const { exit, markAtMs } = trade;
  const mark = el('span', {}, decimal(trade.markPrice, PRICE));
  if (markAtMs !== null) mark.append(el('span', { class: 'soft' }, ', ', age(markAtMs), ' old'));
  return pairs([
    ['Entry', decimal(trade.entryPrice, PRICE)],
    ['Mark', mark],
    ['Worth', decimal(trade.notional, MONEY)],
    ['Realized', decimal(trade.realized, GAIN), toneOf(trade.realized)],
    ['Funding', decimal(trade.funding, { places: 2, placesMax: 6, isSigned: true })],
    ['Leverage', `${trade.leverage}×, conviction ${trade.conviction.toFixed(2)}`],
    ['Held for', age(trade.openedAtMs)],
    ['Class', trade.strategyClass],
    ['Next leg', `${Math.min(trade.legIndex + 1, trade.legs)} of ${trade.legs}`],
    ...(exit === null
      ? []
      : [
          [
            'Exit',
            `${exit.reason}${exit.isOverdue ? ', overdue' : ''}`,
            exit.isOverdue ? 'bad' : 'warn',
          ] as const,
        ]),
  ]);
}

const DOUBT = ['IN_DOUBT', 'CANCEL_IN_DOUBT'];

/** Shows live orders, then the newest that are final. */
export function showOrders({ orders }: RunnerView): void {
  const live = orders.filter(({ isFinal }) => !isFinal).length;
  fill(byId('orders'), orders, () =>
    orders.length === 0
      ? [nothing('No order was sent yet.')]
      : [
          el('p', { class: 'soft' }, `${live} live, ${orders.length - live} final.`),
          table(orders, ORDER_COLUMNS, {
            caption: 'Orders',
            tone: ({ status, isFinal }) =>
              DOUBT.includes(status) ? 'warn' : status === 'REJECTED' ? 'bad' : isFinal ? 'soft' : undefined,
          }),
        ],
  );
}

const ORDER_COLUMNS = [
  { title: 'Changed', cell: (order: OrderLook) => instant(order.changedAtMs) },
  { title: 'Order', cell: orderName },
  { title: 'Symbol', cell: (order: OrderLook) => order.symbol },
  { title: 'Side', cell: (order: OrderLook) => el('span', { 'data-side': order.side }, order.side) },
  { title: 'Kind', cell: kindOf },
  { title: 'Size', isNumber: true, cell: (order: OrderLook) => decimal(order.quantity, SIZE) },
  {
    title: 'Limit',
    isNumber: true,
    cell: (order: OrderLook) => (order.limit === null ? 'market' : decimal(order.limit, PRICE)),
  },
  { title: 'Filled', isNumber: true, cell: (order: OrderLook) => decimal(order.filled, SIZE) },
  { title: 'Average', isNumber: true, cell: averageOf },
  { title: 'Fee', isNumber: true, cell: feeOf },
  { title: 'Status', cell: statusOf },
];

function orderName({ clientOrderId, venueOrderId }: OrderLook): HTMLElement {
  const title = `${clientOrderId}${venueOrderId === null ? ', not known by the venue yet' : `, at the venue ${venueOrderId}`}`;
  return el('code', { title }, shortId(clientOrderId));
}

function kindOf({ role, type, isPostOnly, isReduceOnly }: OrderLook): string {
  const flags = [isPostOnly ? 'post-only' : '', isReduceOnly ? 'reduce-only' : ''].filter(
    (flag) => flag !== '',
  );
  return [`${role} ${type.toLowerCase()}`, ...flags].join(', ');
}

/** Nothing filled has no price; something filled without a price is unknown. */
function averageOf({ filled, averagePrice }: OrderLook): string {
  return signOf(filled) === 0 ? '–' : decimal(averagePrice, PRICE);
}

function feeOf({ filled, fee, isFeeSettled }: OrderLook): string {
  if (signOf(filled) === 0) return '–';
  if (fee === null) return UNKNOWN;
  return `${decimal(fee, FEE)}${isFeeSettled ? '' : ' predicted'}`;
}

function statusOf({ status, rejectCode }: OrderLook): string {
  return rejectCode === null ? status : `${status}: ${rejectCode}`;
}

const ACCOUNT_WORDS: Readonly<Record<string, string>> = {
  seed: 'Seed',
  realized: 'Realized',
  fee_predicted: 'Fees, predicted',
  fee_settled: 'Fees, settled',
  funding: 'Funding',
  adoption: 'Adopted',
  transfer: 'Transfers',
  foreign: 'Of others',
};

/** The first six accounts make K; the last two explain E. */
const K_ACCOUNTS = 6;

/** Shows how K came about, and how E differs. */
export function showLedger({ ledger, marginAsset }: RunnerView): void {
  fill(byId('ledger'), [ledger, marginAsset], () =>
    ledger.isSeeded
      ? [ledgerPairs(ledger)]
      : [nothing('K has not begun: the first wallet of the venue is not known yet.')],
  );
}

function ledgerPairs(ledger: LedgerLook): HTMLElement {
  const rows = ledger.accounts.map(
    ({ account, amount }) => [ACCOUNT_WORDS[account] ?? account, decimal(amount, EXACT)] as const,
  );
  const eAge = ledger.eAtMs === null ? null : el('span', { class: 'soft' }, ', ', age(ledger.eAtMs), ' old');
  const e = el('b', {}, decimal(ledger.e, EXACT));
  const bandTone = ledger.band === 'OK' ? 'good' : ledger.band === 'ERROR' ? 'bad' : 'warn';
  return pairs([
    ...rows.slice(0, K_ACCOUNTS),
    ['K', el('b', {}, decimal(ledger.k, EXACT)), 'sum'],
    ...rows.slice(K_ACCOUNTS),
    ['E', eAge === null ? e : el('span', {}, e, eAge), 'sum'],
    ['Residual', `${decimal(ledger.residual, { ...EXACT, isSigned: true })} (${ledger.band})`, bandTone],
  ]);
}

/** Shows the newest trades that ended. */
export function showTrades({ recent }: RunnerView): void {
  fill(byId('trades'), recent.closed, () =>
    recent.closed.length === 0
      ? [nothing('No trade has ended since the history began.')]
      : [table(recent.closed, TRADE_COLUMNS, { caption: 'Closed trades' })],
  );
}

const TRADE_COLUMNS = [
  { title: 'Ended', cell: (trade: ClosedTradeLook) => instant(trade.atMs) },
  {
    title: 'Trade',
    cell: ({ tradeId }: ClosedTradeLook) => el('code', { title: tradeId }, `…${tradeId.slice(-4)}`),
  },
  {
    title: 'Realized',
    isNumber: true,
    cell: ({ realized }: ClosedTradeLook) =>
      el('span', { 'data-tone': toneOf(realized) }, decimal(realized, GAIN)),
  },
  {
    title: 'Fees',
    isNumber: true,
    cell: ({ fees }: ClosedTradeLook) => decimal(fees, { places: 2, placesMax: 4 }),
  },
  {
    title: 'Funding',
    isNumber: true,
    cell: ({ funding }: ClosedTradeLook) => decimal(funding, { places: 2, placesMax: 4 }),
  },
  { title: 'Why', isFree: true, cell: ({ reason }: ClosedTradeLook) => reason },
];
