// Round trips at a paper venue with a journal on the disk: how long an intent takes until its order leaves the host.

import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import { paperMarket } from '../../src/adapters/venues/exchange/paper/paper-market.ts';
import { openVenue } from '../../src/adapters/venues/open-venue.ts';
import type { RunId } from '../../src/domain/ids.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { validate } from '../../src/domain/validate.ts';
import { VenueSettings } from '../../src/domain/venue-settings.ts';
import type { Venue } from '../../src/ports.ts';
import { type Host, openHost } from '../../src/runner/host.ts';
import {
  benchConfig,
  IDLE_MAX,
  intended,
  nextAction,
  permitted,
  SYMBOL,
  submittingBy,
} from '../round-trip.ts';

const BEAT_MS = 4;

/** What is measured of one journal. */
export interface OrderTimes {
  /** Milliseconds from the intent to the moment at which its order leaves the host. */
  readonly times: readonly number[];
  /** The journal's last record. */
  readonly lastSeq: number;
}

/**
 * Trades in and out until so many orders have left.
 *
 * @param sealed told after each commit, as a runner tells its sinks
 */
export async function timedOrders(
  journalDir: string,
  orders: number,
  sealed: (seq: number) => void,
): Promise<OrderTimes> {
  const timers = systemTimers();
  const settings = validate(VenueSettings, { environment: 'paper', symbols: [SYMBOL] });
  if (!settings.ok) throw new Error('the settings of the venue do not fit');
  const opened = await openVenue({
    settings: settings.value,
    env: {},
    timers,
    random: randomFrom(1, 'bench'),
    paperFile: null,
  });
  if (!opened.ok || opened.value.kind !== 'paper') throw new Error('there is no paper venue');
  const { venue, model } = opened.value;
  const market = paperMarket({ model, venue, timers });
  const times: number[] = [];
  let decidedAt = 0;
  const measured = submittingBy(venue, async (...args) => {
    times.push(performance.now() - decidedAt);
    return await venue.submit(...args);
  });
  const host = hostOf(measured, journalDir, () => sealed(host.state.seq));
  const price = (n: number): void => tellPrice(market, host, n);
  price(0);
  host.begin();
  host.take(permitted);
  for (let n = 1; times.length < orders; n += 1) {
    price(n);
    if (n > 20 * times.length + IDLE_MAX)
      throw new Error(
        `no order any more after ${times.length}: ${[...host.state.trading.reasons.keys()].join(' ')}`,
      );
    const action = nextAction(host.state.slots[0]);
    if (action !== null) {
      decidedAt = performance.now();
      decide(host, action, n);
    }
    await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
  }
  await host.end();
  await venue.close();
  return { times, lastSeq: host.state.seq };
}

function hostOf(venue: Venue, journalDir: string, sealed: () => void): Host {
  const opened = openHost({
    disk: nodeJournalDisk(journalDir),
    config: benchConfig(venue.instruments),
    venue,
    timers: systemTimers(),
    log: { info: () => undefined, warn: () => undefined, error: console.error },
    runId: 'bench-1' as RunId,
    observers: [sealed],
    onHalted: (why) => console.error(why),
  });
  if (!opened.ok) throw new Error(opened.error.problem);
  return opened.value;
}

/** The price of the `n`th beat. */
function markOf(n: number): number {
  return 90_000 + (n % 50);
}

function tellPrice(market: ReturnType<typeof paperMarket>, host: Host, n: number): void {
  const mark = markOf(n);
  market.quote({ key: 'BTCUSDT', bid: mark, ask: mark + 1, mark });
  const ticks = host.state.instruments.get(SYMBOL)?.tick;
  if (ticks === undefined) throw new Error('there is no instrument');
  const steps = (price: number): number => Math.round((price * 10 ** ticks.decimals) / ticks.units);
  host.take((atMs) => ({
    kind: 'MARK',
    atMs,
    symbol: SYMBOL,
    bid: steps(mark) as never,
    ask: steps(mark + 1) as never,
    mark: steps(mark) as never,
    quotedAtMs: atMs,
  }));
}

/** A decision with facts of the length that those of the champion have, and the intent that follows it. */
function decide(host: Host, action: 'ENTER' | 'EXIT', n: number): void {
  const facts = JSON.stringify({
    scan_number: n,
    vel_div: -0.031,
    posture: 'APEX',
    payload: 'x'.repeat(500),
  });
  const decided = { decisionId: `bench-${n}`, policy: 'bench@1#00000000', action, symbol: SYMBOL, facts };
  host.take((atMs) => ({ kind: 'DECISION', atMs, ...decided, reason: 'bench' }));
  host.take((atMs) => intended(action, n, markOf(n), atMs));
}
