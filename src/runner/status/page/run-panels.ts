// How the parts of the runner are, who may trade, and what happened last.

import type {
  NoticeLook,
  PartLook,
  RecordLook,
  RouterLook,
  RunnerView,
  ScanLook,
  StrategyLook,
} from '../runner-view.ts';
import { age, badge, byId, el, fill, instant, nothing, pairs, table } from './dom.ts';
import { figure, shortId, UNKNOWN } from './format.ts';

const PART_TONES: Readonly<Record<PartLook['state'], string>> = {
  up: 'good',
  stale: 'warn',
  down: 'bad',
  off: 'soft',
};

/** Shows the feed, the venue's stream, git and the sinks. */
export function showParts({ parts, sinks, isReconciled, marks }: RunnerView): void {
  fill(byId('parts'), [parts, sinks, isReconciled, marks.map(({ symbol, atMs }) => [symbol, atMs])], () => [
    el(
      'ul',
      { class: 'parts' },
      ...[...parts, ...sinks].map(partItem),
      ...(parts.length + sinks.length === 0 ? [el('li', {}, 'No part has reported yet.')] : []),
    ),
    pairs([
      [
        'Venue looked at',
        isReconciled ? 'a whole round since the start' : 'not wholly yet',
        isReconciled ? undefined : 'warn',
      ],
      ...marks.map(({ symbol, atMs }) => [`Mark of ${symbol}`, el('span', {}, age(atMs), ' old')] as const),
    ]),
  ]);
}

function partItem({ name, state, why, lastAtMs, lag, failures }: PartLook): HTMLElement {
  const said = [
    failures === null || failures === 0 ? '' : `${failures} ${failures === 1 ? 'failure' : 'failures'}`,
    why,
  ].filter((words) => words !== '');
  const behind = lag === null ? '' : `${lag.toLocaleString('en-US')} behind, `;
  const last = lastAtMs === null ? [behind, 'never heard of'] : [behind, age(lastAtMs), ' ago'];
  return el(
    'li',
    {},
    el('span', { class: 'part-name' }, name),
    badge(state, PART_TONES[state]),
    el('span', { class: 'soft part-age' }, ...(state === 'off' ? [] : last)),
    said.length === 0 ? null : el('span', { class: 'soft part-why' }, said.join('; ')),
  );
}

/** Shows which classes may enter, by which lists. */
export function showStrategies({
  strategies,
  lists,
  listProblem,
  permissionsVersion,
  policy,
}: RunnerView): void {
  fill(byId('strategies'), [strategies, lists, listProblem, permissionsVersion, policy], () => [
    listProblem === null
      ? null
      : el('p', { 'data-tone': 'bad' }, `The newest lists are not in force: ${listProblem}`),
    permissionsVersion === null
      ? el('p', { 'data-tone': 'warn' }, 'The kernel has no list: nobody may enter.')
      : null,
    strategies.length === 0
      ? nothing('No class is known.')
      : table(strategies, STRATEGY_COLUMNS, { caption: 'Strategy permissions' }),
    pairs([
      ['Policy', el('code', { title: policy }, policy)],
      ...lists.map((list) => [capital(list.name), listWords(list)] as const),
    ]),
  ]);
}

const STRATEGY_COLUMNS = [
  { title: 'Class', cell: (one: StrategyLook) => one.strategyClass },
  { title: 'Entries', cell: ({ mayEnter }: StrategyLook) => permissionBadge(mayEnter) },
  {
    title: 'Size',
    isNumber: true,
    cell: ({ sizeFactor }: StrategyLook) =>
      sizeFactor === null ? UNKNOWN : `${figure(sizeFactor * 100, { places: 0, placesMax: 1 })}\u00a0%`,
  },
  {
    title: 'Why',
    isFree: true,
    cell: ({ sizeFactor, reason, episode }: StrategyLook) =>
      [
        reason ?? (sizeFactor === 0 ? 'no size: nothing of it is let in' : '–'),
        episode === null ? '' : ` (episode ${episode})`,
      ].join(''),
  },
];

function permissionBadge(mayEnter: boolean | null): HTMLElement {
  if (mayEnter === null) return badge(UNKNOWN, 'warn');
  return mayEnter ? badge('allowed', 'good') : badge('refused', 'bad');
}

function listWords({ sha256, commit, appliedAtMs }: RunnerView['lists'][number]): HTMLElement | string {
  if (sha256 === null) return 'none is in force';
  const from = commit === null ? 'this machine' : `commit ${commit.slice(0, 8)}`;
  const words = el('span', {}, el('code', { title: sha256 }, sha256.slice(0, 8)), ` of ${from}`);
  if (appliedAtMs !== null) words.append(', for ', age(appliedAtMs));
  return words;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Shows the newest scan and what the policy made of it. */
export function showScan({ scan }: RunnerView): void {
  fill(byId('scan'), scan, () => (scan === null ? [nothing('No scan has come yet.')] : [scanPairs(scan)]));
}

function scanPairs(scan: ScanLook): HTMLElement {
  const { lastDecision: last } = scan;
  const decision =
    last === null
      ? 'none yet'
      : el(
          'span',
          {},
          el('b', {}, last.action),
          ` ${last.symbol}${last.reason === '' ? '' : `: ${last.reason}`}`,
        );
  return pairs([
    ['Decision', decision],
    ['Scan', el('span', {}, `${scan.scanNumber}, `, age(scan.receivedAtMs), ' ago')],
    ['Velocity divergence', figure(scan.velDiv, { places: 4, placesMax: 6 })],
    [
      'Volatility',
      scan.isVolOk ? 'enough to trade' : 'too little to trade',
      scan.isVolOk ? undefined : 'warn',
    ],
    ['Posture', scan.posture],
    ['Boost', scan.acbBoost === null ? 'none named' : figure(scan.acbBoost, { places: 2 })],
    ...(scan.problems.length === 0 ? [] : [['Not believed', scan.problems.join('; '), 'warn'] as const]),
  ]);
}

/** Shows the newest words of the order router. */
export function showRouter({ recent }: RunnerView): void {
  fill(byId('router'), recent.router, () =>
    recent.router.length === 0
      ? [nothing('The router has said nothing since the history began.')]
      : [table(recent.router, ROUTER_COLUMNS, { caption: 'Order router' })],
  );
}

const ROUTER_COLUMNS = [
  { title: 'Time', cell: ({ atMs }: RouterLook) => instant(atMs) },
  { title: 'Event', cell: ({ event }: RouterLook) => event.replaceAll('_', ' ') },
  { title: 'Slot', isNumber: true, cell: ({ slot }: RouterLook) => String(slot) },
  {
    title: 'Order',
    cell: ({ clientOrderId: id }: RouterLook) => (id === null ? '–' : el('code', { title: id }, shortId(id))),
  },
  { title: 'Why', isFree: true, cell: ({ reason }: RouterLook) => reason },
];

const SEVERITY_TONES: Readonly<Record<NoticeLook['severity'], string>> = {
  info: 'soft',
  warning: 'warn',
  critical: 'bad',
};

/** Shows what a person should know. */
export function showNotices({ recent }: RunnerView): void {
  fill(byId('notices'), recent.notices, () =>
    recent.notices.length === 0
      ? [nothing('Nothing that a person should know since the history began.')]
      : [el('ul', { class: 'log' }, ...recent.notices.map(noticeItem))],
  );
}

function noticeItem({ atMs, severity, code, text }: NoticeLook): HTMLElement {
  return el(
    'li',
    {},
    instant(atMs),
    badge(severity, SEVERITY_TONES[severity]),
    el('span', { class: 'log-text' }, el('b', {}, code), ` ${text}`),
  );
}

/** Shows the newest records of the journal. */
export function showRecords({ recent }: RunnerView): void {
  fill(byId('records'), recent.records, () =>
    recent.records.length === 0
      ? [nothing('No record since the history began.')]
      : [
          table(recent.records, RECORD_COLUMNS, {
            caption: 'Last records of the journal',
            tone: ({ isAccepted }) => (isAccepted ? undefined : 'warn'),
          }),
        ],
  );
}

const RECORD_COLUMNS = [
  { title: 'Number', isNumber: true, cell: ({ seq }: RecordLook) => String(seq) },
  { title: 'Time', cell: ({ atMs }: RecordLook) => instant(atMs) },
  { title: 'Kind', cell: ({ kind }: RecordLook) => kind },
  {
    title: 'What',
    isFree: true,
    cell: ({ words, count }: RecordLook) => (count === 1 ? words : `${words} (${count} times)`),
  },
  { title: 'Outcome', cell: ({ code }: RecordLook) => code },
];

/** Shows how often each outcome and diagnostic came. */
export function showCounts({ outcomes, diagnostics }: RunnerView): void {
  fill(byId('counts'), [outcomes, diagnostics], () =>
    outcomes.length + diagnostics.length === 0
      ? [nothing('Nothing was counted yet.')]
      : [
          pairs(
            [...outcomes, ...diagnostics].map(
              ({ code, count }) => [code, count.toLocaleString('en-US')] as const,
            ),
          ),
        ],
  );
}
