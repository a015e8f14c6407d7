// How long it takes from an intent to the venue's acknowledgement: gates, a durable record, a signature, the way there, and the way back.

import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import { connectBingx } from '../../src/adapters/venues/bingx/connect-bingx.ts';
import { Secret } from '../../src/adapters/venues/bingx/secret.ts';
import { randomFrom } from '../../src/domain/random.ts';
import type { Venue } from '../../src/ports.ts';
import { KernelHost } from '../../test/venue/kernel-host.ts';
import { type Tail, tailOf } from '../kernel/spread.ts';
import {
  benchConfig,
  IDLE_MAX,
  intended,
  nextAction,
  permitted,
  SYMBOL,
  submittingBy,
} from '../round-trip.ts';

interface Address {
  readonly restUrl: string;
  readonly streamUrl: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly folder: string;
}

export interface RoundTrips {
  readonly entries: Tail;
  readonly exits: Tail;
}

/** Times in milliseconds. */
export async function roundTrips(address: Address, orders: number): Promise<RoundTrips> {
  const timers = systemTimers();
  const opened = await connectBingx({
    setup: {
      environment: 'demo',
      restUrls: [address.restUrl],
      streamUrl: address.streamUrl,
      credentials: { apiKey: new Secret(address.apiKey), apiSecret: new Secret(address.secret) },
      symbols: [SYMBOL],
      positionMode: 'one_way',
      account: 'exclusive',
      marginAsset: 'USDT',
    },
    timers,
    random: randomFrom(1, 'bench'),
    limitMultiplier: 10_000,
  });
  if (!opened.ok) throw new Error(opened.error);
  const venue = opened.value;
  const acknowledged = new Map<boolean, number[]>([
    [true, []],
    [false, []],
  ]);
  let decidedAt = 0;
  const measured = submittingBy(venue, async (...args) => {
    const result = await venue.submit(...args);
    if (result.kind === 'ACK') acknowledged.get(args[0].reduceOnly)?.push(performance.now() - decidedAt);
    return result;
  });
  const host = hostOf(measured, address.folder);
  await host.begin();
  host.take(permitted);
  const count = (): number => [...acknowledged.values()].reduce((sum, times) => sum + times.length, 0);
  for (let n = 0; count() < orders; n += 1) {
    await tellPrice(host, venue);
    const action = nextAction(host.kernel?.state.slots[0]);
    if (n > 2 * count() + IDLE_MAX)
      throw new Error(
        `no order any more after ${count()}: ${[...(host.kernel?.state.trading.reasons ?? [])].join(' ')}`,
      );
    if (action !== null) {
      decidedAt = performance.now();
      const mark = host.kernel?.state.marks.get(SYMBOL)?.mark ?? 0;
      host.take((atMs) => intended(action, n, mark / 10, atMs));
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await host.end();
  return {
    entries: tailOf(Float64Array.from(acknowledged.get(false) ?? [])),
    exits: tailOf(Float64Array.from(acknowledged.get(true) ?? [])),
  };
}

function hostOf(venue: Venue, folder: string): KernelHost {
  return new KernelHost({
    disk: nodeJournalDisk(folder),
    config: benchConfig(venue.instruments),
    timers: systemTimers(),
    open: async () => venue,
  });
}

async function tellPrice(host: KernelHost, venue: Venue): Promise<void> {
  const quote = await venue.quote(SYMBOL, 'housekeeping');
  const [row] = quote.kind === 'KNOWN' ? quote.rows : [];
  if (row === undefined) throw new Error('the exchange has no price');
  const { symbol, bid, ask, mark } = row;
  host.take((atMs) => ({ kind: 'MARK', atMs, symbol, bid, ask, mark, quotedAtMs: atMs }));
}
