// One process of a kernel that trades as fast as it may at a local exchange elsewhere, until it is killed. Its arguments come as one JSON.

import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import { connectBingx } from '../../src/adapters/venues/bingx/connect-bingx.ts';
import { Secret } from '../../src/adapters/venues/bingx/secret.ts';
import type { StrategyClass } from '../../src/domain/ids.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { ppm } from '../../src/domain/steps.ts';
import { KERNEL_DEFAULTS } from '../../src/kernel/config.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import { KernelHost } from './kernel-host.ts';

export interface ProcessArguments {
  readonly folder: string;
  readonly restUrl: string;
  readonly streamUrl: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly symbol: string;
  /** In units of the base. */
  readonly size: number;
  readonly run: string;
  readonly seed: number;
  /** It closes what it holds, and ends by itself. */
  readonly isLast: boolean;
}

const CLASS = 'champion' as StrategyClass;
const TICK_MS = 20;
/** The kernel's own times, a twentieth of what they are against a venue far away. */
const QUICK = {
  doubt: { answerMs: 800, queryMs: 100, restingQueryMs: 500, absenceMs: 1_500, absenceCount: 3 },
  resync: { everyMs: 2_000, retryMs: 200, lagMs: 300, overlapMs: 600_000 },
};

const given = JSON.parse(process.argv[2] ?? '{}') as ProcessArguments;
const timers = systemTimers();
const random = randomFrom(given.seed, 'process');

async function open(): Promise<Awaited<ReturnType<typeof connected>>> {
  return await connected();
}

async function connected() {
  const venue = await connectBingx({
    setup: {
      environment: 'demo',
      restUrls: [given.restUrl],
      streamUrl: given.streamUrl,
      credentials: { apiKey: new Secret(given.apiKey), apiSecret: new Secret(given.secret) },
      symbols: [given.symbol],
      positionMode: 'one_way',
      account: 'exclusive',
      marginAsset: 'USDT',
    },
    timers,
    random,
    limitMultiplier: 1_000,
  });
  if (!venue.ok) throw new Error(`venue: ${venue.error}`);
  return venue.value;
}

const first = await open();
const [instrument] = first.instruments;
if (instrument === undefined) throw new Error('nothing is listed');
const { limits, router } = KERNEL_DEFAULTS;
const host = new KernelHost({
  disk: nodeJournalDisk(given.folder),
  config: {
    ...KERNEL_DEFAULTS,
    ...QUICK,
    instance: 'killed',
    instruments: [instrument],
    limits: { ...limits, hotWindowMs: 50, maxEntriesPerMinute: 6_000, proofMaxAgeMs: 2_000 },
    router: {
      ...router,
      style: 'maker',
      entryTtlMs: 150,
      exitTtlMs: 100,
      entryMiss: 'market',
      exitDoubtMs: 400,
    },
  },
  timers,
  open: async () => first,
  runName: given.run,
});
await host.begin();
const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: ppm(1_000_000) }];
host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: 'v1', permissions }));
let intents = 0;
process.stdout.write('up\n');
for (;;) {
  const quote = await first.quote(given.symbol, 'housekeeping');
  const [row] = quote.kind === 'KNOWN' ? quote.rows : [];
  if (row !== undefined) {
    const { symbol, bid, ask, mark } = row;
    host.take((atMs) => ({ kind: 'MARK', atMs, symbol, bid, ask, mark, quotedAtMs: atMs }));
    decide(mark);
  }
  if (given.isLast && isOver()) break;
  await new Promise<void>((resolve) => setTimeout(resolve, TICK_MS));
}
await host.end();
process.stdout.write('flat\n');
process.exit(0);

function isIdle(): boolean {
  return host.kernel?.state.slots.every((slot) => slot.trade === null || slot.trade.isClosed) ?? false;
}

function isOver(): boolean {
  const ledger = host.kernel?.state.ledger;
  return isIdle() && ledger?.band === 'OK' && (host.kernel?.state.trading.reasons.size ?? 1) === 0;
}

function decide(mark: number): void {
  const idle = isIdle();
  if ((idle && given.isLast) || random.uniform() < 0.3) return;
  intents += 1;
  const tick = instrument === undefined ? 1 : instrument.tick.units / 10 ** instrument.tick.decimals;
  const raw = {
    intent_id: `${given.run}-${intents}`,
    action: idle ? 'ENTER' : 'EXIT',
    slot_id: 0,
    asset: given.symbol,
    side: random.uniform() < 0.5 ? 'LONG' : 'SHORT',
    strategy_class: CLASS,
    timestamp: timers.nowMs(),
    reference_price: mark * tick,
    target_size: idle ? given.size : null,
    leverage: 2,
    exit_leg_ratios: [],
    is_urgent: random.uniform() < 0.3,
    reason: 'killed',
  };
  host.take((atMs) => intentFrom(raw, atMs));
}
