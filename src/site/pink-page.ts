// The page of PINK: what its runner last said of itself, what its kill list does, and how its entries turned out. What only the
// kernel knows is said to be unknown here.

import { entryOf } from '../domain/entry-of.ts';
import type { KernelAck, KernelSummary } from '../domain/kernel-records.ts';
import { kernelTables } from '../supervision/kernel-tables.ts';
import { htmlName } from '../supervision/markdown.ts';
import { cut, xmlText } from '../supervision/outside-text.ts';
import { sortedEntries } from '../supervision/report-attention.ts';
import {
  bpsText,
  countText,
  minuteText,
  percentText,
  secondText,
  UNKNOWN,
} from '../supervision/report-numbers.ts';
import { badge, gridHtml, type Html, pairs, paragraph, section, type Tone } from './html.ts';
import { type Page, PINK_PATH } from './page-frame.ts';
import { pinkFigures } from './pink-figures.ts';
import { chartsSection } from './sections.ts';
import type { SiteContent } from './site-content.ts';
import { nameLink } from './site-links.ts';

const ACKS_SHOWN_MAX = 50;
const TEXT_SHOWN_MAX = 200;

const STATE_TONES: Readonly<Record<KernelSummary['trading_state'], Tone>> = {
  active: 'good',
  reducing: 'warn',
  halted: 'bad',
};
const BAND_TONES: Readonly<Record<KernelSummary['ledger']['band'], Tone>> = {
  ok: 'good',
  warn: 'warn',
  error: 'bad',
  unknown: 'soft',
};

/** Returns how PINK stands in one line of plain words. */
export function pinkLine({ pink, report }: SiteContent): string {
  const { summary, entries } = pink;
  const signals = entries === 0 ? 'no signal of it is in the state' : `${countText(entries)} entries decided`;
  if (summary === null) return `No runner has reported; ${signals}`;
  const ledger =
    summary.ledger.residual === null ? 'not known' : `${summary.ledger.residual} ${summary.ledger.asset}`;
  const blocked = Object.values(summary.strategies).filter(
    ({ permission }) => permission === 'entries_blocked',
  );
  return [
    `The kernel is ${summary.trading_state} as of ${minuteText(summary.ts)} UTC${isSilent(summary, report) ? ', silent since' : ''}`,
    `residual ${ledger} (${summary.ledger.band})`,
    `entries blocked in ${countText(blocked.length)} of ${countText(Object.keys(summary.strategies).length)} classes`,
    signals,
  ].join('; ');
}

/** Whether newer evidence came after the next heartbeat was due. */
function isSilent(summary: KernelSummary, report: SiteContent['report']): boolean {
  return (report?.generated_at ?? '') > summary.next_due_at;
}

export function pinkPage(content: SiteContent): Page {
  const { pink } = content;
  const figures = pinkFigures(content);
  const sections = [
    ...(pink.summary === null ? [silentSection()] : summarySections(pink.summary, content)),
    acksSection(pink.acks),
    chartsSection('result', 'What it decided, and how that turned out', figures),
    entriesSection(content),
    section('unknown', 'What this page does not know', [
      paragraph(
        'Fills, closed trades and equity over time are in the journal of the kernel and in its sinks, not in the state. The status page of the ' +
          'runner shows them as they happen.',
      ),
    ]),
  ];
  return {
    path: PINK_PATH,
    title: 'PINK · Warden',
    heading: 'PINK',
    opening: [paragraph(`${pinkLine(content)}.`)],
    sections: sections.filter((each) => each !== null),
    figures,
  };
}

function silentSection(): Html {
  return section('state', 'The runner', [
    paragraph(
      'No runner has ever written a heartbeat into this state, so nothing is known of positions, orders and money. `warden kernel run` with a ' +
        'state folder writes one.',
    ),
  ]);
}

function summarySections(summary: KernelSummary, content: SiteContent): readonly Html[] {
  const { ledger } = summary;
  const until = `This counts until ${secondText(summary.next_due_at)} UTC, when the next heartbeat was due`;
  const amount = (text: string | null): Html =>
    text === null ? 'not known' : `${xmlText(text)} ${xmlText(ledger.asset)}`;
  const tables = kernelTables(summary, null)
    .filter(({ title }) => title === 'Positions' || title === 'Streams')
    .map(({ title, head, rows }) =>
      gridHtml(
        head.map((words) => ({ title: words, isNumber: false })),
        rows.map((row) => row.map((cell) => xmlText(cell === null ? UNKNOWN : String(cell)))),
        title,
      ),
    );
  return [
    section('state', 'The runner', [
      pairs([
        [
          'trading state',
          `${badge(summary.trading_state, STATE_TONES[summary.trading_state])} since ${secondText(summary.trading_state_since)} UTC`,
        ],
        [
          'reason',
          summary.trading_state_reason === null
            ? UNKNOWN
            : xmlText(cut(summary.trading_state_reason, TEXT_SHOWN_MAX)),
        ],
        [
          'runner',
          `${htmlName(summary.runner_id)}, version ${xmlText(summary.version)}, record ${countText(summary.sequence)} of its journal`,
        ],
        ['as of', `${secondText(summary.ts)} UTC`],
        ['orders in doubt', countText(summary.orders_in_doubt)],
        ['positions', summary.positions === null ? 'not known' : countText(summary.positions.length)],
      ]),
      paragraph(
        isSilent(summary, content.report)
          ? `${until}. Newer evidence came since, and no heartbeat: nothing here may be believed any more.`
          : `${until}. This page does not know what time it is now.`,
      ),
      ...tables,
    ]),
    section('ledger', 'Ledger: K against E', [
      pairs([
        ['K, its own ledger', amount(ledger.kernel_balance)],
        ['E, the exchange', amount(ledger.exchange_balance)],
        [
          'residual',
          `${amount(ledger.residual)} ${badge(ledger.band, BAND_TONES[ledger.band])} since ${secondText(ledger.since)} UTC`,
        ],
      ]),
      paragraph(
        'The residual is E - K without what is explained. Beyond its bands the kernel refuses entries.',
      ),
    ]),
    killListSection(summary, content),
  ];
}

function killListSection(summary: KernelSummary, { links }: SiteContent): Html {
  const inForce =
    summary.kill_list === null
      ? 'No kill list is in force.'
      : `In force since ${secondText(summary.kill_list.applied_at)} UTC: ` +
        `${summary.kill_list.commit === null ? 'in no commit' : `commit \`${summary.kill_list.commit.slice(0, 12)}\``}, ` +
        `sha256 \`${summary.kill_list.sha256.slice(0, 12)}\`.`;
  const rows = sortedEntries(summary.strategies).map(([name, each]) => [
    nameLink(links.classes, name, ''),
    entriesBadge(each),
    each.reason === null ? UNKNOWN : xmlText(cut(each.reason, TEXT_SHOWN_MAX)),
    each.episode === null ? UNKNOWN : htmlName(each.episode),
    percentText(each.size_factor),
    countText(each.open_orders),
    countText(each.open_positions),
  ]);
  const head = ['class', 'entries', 'why blocked', 'episode', 'size', 'open orders', 'open positions'];
  return section('kill-list', 'What the kill list does', [
    paragraph(inForce),
    rows.length === 0
      ? paragraph('The runner names no class.')
      : gridHtml(
          head.map((title, index) => ({ title, isNumber: index > 3 })),
          rows,
          'Strategy classes of the runner',
        ),
  ]);
}

/** The kill list may allow what has no share of the capital, and the kernel lets nothing of it in. */
function entriesBadge({ permission, size_factor: size }: KernelSummary['strategies'][string]): Html {
  if (permission === 'entries_blocked') return badge('blocked', 'bad');
  return size === 0 ? badge('no size', 'warn') : badge('allowed', 'good');
}

function acksSection(acks: readonly KernelAck[]): Html {
  if (acks.length === 0)
    return section('acks', 'Acknowledgements', [
      paragraph(
        'The runner has acknowledged nothing: no merged change of the kill list is known to be in force.',
      ),
    ]);
  const rows = acks
    .slice(-ACKS_SHOWN_MAX)
    .reverse()
    .map((ack) => [
      secondText(ack.ts),
      htmlName(ack.strategy_class),
      ack.applied === 'entries_blocked' ? badge('entries blocked', 'bad') : badge('entries allowed', 'good'),
      ack.episode === null ? UNKNOWN : htmlName(ack.episode),
      countText(ack.open_orders_canceled),
      countText(ack.open_positions_left.length),
      ack.kill_list_commit === null ? 'in no commit' : htmlName(ack.kill_list_commit.slice(0, 12)),
      countText(ack.sequence),
    ]);
  const head = [
    'in effect, UTC',
    'class',
    'applied',
    'episode',
    'entries canceled',
    'positions left',
    'commit',
    'record',
  ];
  const more = acks.length - rows.length;
  return section('acks', 'Acknowledgements', [
    paragraph('When a change of the kill list that a person merged took effect in the kernel, newest first.'),
    gridHtml(
      head.map((title, index) => ({ title, isNumber: index === 4 || index === 5 || index === 7 })),
      rows,
      'Acknowledgements, newest first',
    ),
    ...(more > 0 ? [paragraph(`And ${countText(more)} older ones, see \`kernel/acks.jsonl\`.`)] : []),
  ]);
}

function entriesSection({ pink, report, links, totals }: SiteContent): Html {
  if (pink.entries === 0)
    return section('entries', 'Entries', [
      paragraph(
        'No entry of PINK is among the signals. The sink `alpha_events` of its settings writes them into the state.',
      ),
    ]);
  const judged = pink.agents.map((agent): Html => {
    const known = report === null ? undefined : entryOf(report.agents, agent);
    const words =
      known === undefined
        ? 'no row yet'
        : `${countText(known.n)} rows, ${bpsText(known.net_pnl_sum_bps)} bps after costs, hit rate ${percentText(known.hit_rate)}`;
    return `${nameLink(links.agents, agent, '')}: ${words}`;
  });
  const counts = (each: ReadonlyMap<string, number>): Html =>
    xmlText(
      [...each]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, count]) => `${name} ${countText(count)}`)
        .join(', '),
    );
  const head = ['when, UTC', 'symbol', 'direction', 'class', 'regime', 'let in', 'the kernel said'];
  return section('entries', 'Entries', [
    pairs([
      ['decided', countText(pink.entries)],
      ['direction', counts(pink.byDirection)],
      ['the kernel said', counts(pink.byOutcome)],
      ['judged as', judged.join('; ')],
    ]),
    ...(pink.agents.some((agent) => totals.agents.has(agent))
      ? [
          paragraph(
            'Each entry is judged like any other signal, at fixed horizons by prices of the market: it is not the trade that the kernel made of it.',
          ),
        ]
      : []),
    gridHtml(
      head.map((title) => ({ title, isNumber: false })),
      pink.newest
        .toReversed()
        .map((each) => [
          minuteText(each.ts),
          htmlName(each.symbol),
          each.direction,
          each.strategyClass === null ? UNKNOWN : nameLink(links.classes, each.strategyClass, ''),
          htmlName(each.regime),
          each.wasExecuted === null ? UNKNOWN : each.wasExecuted ? 'yes' : 'no',
          each.outcome === null ? UNKNOWN : htmlName(each.outcome),
        ]),
      'The newest entries',
    ),
  ]);
}
