// The status page in the browser: hears what the runner says over a WebSocket, or holds one moment of it, and shows it; it can change nothing.

import './theme.ts';
import type { LiveMessage, RunnerView } from '../runner-view.ts';
import { makeCharts } from './charts.ts';
import { connect, type LinkState } from './connection.ts';
import { age, badge, byId, el, fill, openScrollers, tellAges } from './dom.ts';
import { durationText } from './format.ts';
import {
  showCounts,
  showNotices,
  showParts,
  showRecords,
  showRouter,
  showScan,
  showStrategies,
} from './run-panels.ts';
import { showFigures, showState } from './state-panel.ts';
import { stillMoment } from './still.ts';
import { type Store, take } from './store.ts';
import { showLedger, showOrders, showPosition, showTrades } from './trade-panels.ts';

const SECOND_MS = 1_000;
const LINK_WORDS: Readonly<Record<LinkState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Connection lost',
  past: 'A past moment',
};

const panels: readonly ((view: RunnerView) => void)[] = [
  showState,
  showFigures,
  showPosition,
  showLedger,
  showOrders,
  showParts,
  showStrategies,
  showScan,
  showRouter,
  showNotices,
  showTrades,
  showRecords,
  showCounts,
  showHead,
];

let store: Store | null = null;
let link: LinkState = 'connecting';
let heardAtMs = 0;
const showCharts = makeCharts();

function showHead(view: RunnerView): void {
  const { environment, runnerId, instance, version, startedAtMs, seq, trading, runId } = view;
  fill(byId('who'), [environment, runnerId], () => [
    badge(environment, environment === 'live' ? 'bad' : 'plain'),
    el('span', {}, runnerId),
  ]);
  const word = trading.halted === null ? trading.effective : 'STOPPED';
  document.title = `${word} · PINK ${runnerId}`;
  fill(byId('foot'), [version, startedAtMs, seq, instance, runId], () => [
    el(
      'p',
      {},
      `Warden ${version}, instance ${instance}, run ${runId ?? 'unknown'}, record ${seq.toLocaleString('en-US')}, up for `,
      age(startedAtMs),
      '. This page only looks: ',
      el('code', {}, 'warden kernel ctl'),
      ' acts.',
    ),
  ]);
}

/** The runner's own clock, as far as it is known here. */
function nowMs(): number {
  if (store === null) return Date.now();
  return link === 'past' ? store.view.nowMs : store.view.nowMs + (performance.now() - heardAtMs);
}

function showTime(): void {
  byId('clock').textContent = `${new Date(nowMs()).toISOString().slice(11, 19)} UTC`;
  const silentMs = performance.now() - heardAtMs;
  byId('link').textContent = LINK_WORDS[link];
  byId('link').dataset['state'] = link;
  byId('lost').hidden = link !== 'lost';
  const alert = link === 'lost' ? 'Connection lost. Trying again.' : '';
  // Said once: its age changes every second, and is nobody's news.
  if (byId('lost-alert').textContent !== alert) byId('lost-alert').textContent = alert;
  byId('lost-age').textContent = `What is shown is ${durationText(silentMs)} old.`;
  tellAges(document, nowMs());
}

function hear(message: LiveMessage): void {
  store = take(store, message);
  heardAtMs = performance.now();
  for (const show of panels) show(store.view);
  showCharts(store);
  byId('main').dataset['ready'] = 'true';
}

function setLink(state: LinkState): void {
  link = state;
  showTime();
}

/** Nothing comes any more, and nothing grows older. */
function showStill(moment: LiveMessage): void {
  const at = new Date(moment.view.nowMs).toISOString().slice(0, 19).replace('T', ' ');
  byId('past').textContent =
    `This is how PINK stood on ${at} UTC. It is a file: nothing here moves, and all ages are as of then.`;
  byId('past').hidden = false;
  hear(moment);
  setLink('past');
}

openScrollers();
const still = stillMoment();
if (still === null) {
  connect({ message: hear, state: setLink });
  setInterval(showTime, SECOND_MS);
  showTime();
} else showStill(still);
