// `npm run kill-test:runner -- --kills 200 --seed 1`: kills a real runner at random moments, on a paper account or at the local exchange, and judges what it left.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  beginExchange,
  EXCHANGE_KEYS,
  type ExchangeProcess,
  exchangeVenue,
} from '../test/runner/kill/exchange-process.ts';
import { type LivesOptions, live, SYMBOLS } from '../test/runner/kill/lives.ts';
import { paperAccount, verdictOf } from '../test/runner/kill/verdict.ts';

/** A runner at the exchange needs about 3 s to know its account. */
const EXCHANGE_LIFE_MS = 10_000;
/** An order that never left is proven not to be there after 75 s. */
const EXCHANGE_LAST_LIFE_MS = 120_000;
/** Quotes and scans without an end; the market is the exchange's own, from which these prices are never far. */
const STEADY_FEED = 'feed: { kind: simulated, simulated: { bar: 250ms, volatility_bps: 0.01 } }';
const SCANS_EVERY_MS = 500;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    venue: { type: 'string', default: 'paper' },
    /** Of the exchange, as `frame_dropped=0.1,busy=0.05`. */
    faults: { type: 'string' },
    /** At the exchange. simulated: prices without an end; scans: those of the exchange, as lines of a file. */
    feed: { type: 'string', default: 'simulated' },
    keep: { type: 'boolean', default: false },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
const folder = mkdtempSync(join(tmpdir(), 'warden-kill-runner-'));
const begunMs = Date.now();
console.log(
  `kills ${kills}, seed ${seed}, venue ${values.venue}${values.keep ? `, in ${folder}` : ''}, faults ${values.faults ?? 'none'}`,
);
const exchange =
  values.venue === 'exchange'
    ? await beginExchange({
        symbols: SYMBOLS,
        seed,
        ...(values.faults === undefined ? {} : { faults: values.faults }),
      })
    : null;
const endScans =
  exchange !== null && values.feed === 'scans'
    ? exchange.scansInto(join(folder, 'scans.jsonl'), SCANS_EVERY_MS)
    : () => undefined;
try {
  const lives = await live({
    folder,
    kills,
    seed,
    ...(exchange === null ? {} : atExchange(exchange)),
    onKill: (done, seq) => {
      if (done % 10 === 0) console.log(`${done} kills, record ${seq}, ${seconds()} s`);
    },
  });
  const account = exchange === null ? paperAccount(lives) : await exchange.account();
  const { faults, orders, trades, residual } = verdictOf(lives, account);
  console.log(
    `${kills} kills (${lives.earlyKills} before it had begun), ${lives.refusals} starts refused, ${lives.state.seq} records, ${orders} orders sent, ` +
      `${account.orders.length} at the venue, ${trades} trades closed, E - K ${residual}, ${seconds()} s`,
  );
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? 'no order lost or doubled, flat, K equals E' : `${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  endScans();
  await exchange?.end();
}

function atExchange(running: ExchangeProcess): Partial<LivesOptions> {
  return {
    venue: exchangeVenue(running),
    env: EXCHANGE_KEYS,
    lifeMsMax: EXCHANGE_LIFE_MS,
    lastLifeMs: EXCHANGE_LAST_LIFE_MS,
    feed: values.feed === 'scans' ? 'feed: { kind: scans, scans: { path: ../scans.jsonl } }' : STEADY_FEED,
    mayBeRefused: values.faults !== undefined,
    beforeLast: async () => console.log(`faults that happened: ${JSON.stringify(await running.calm())}`),
  };
}

function seconds(): number {
  return Math.round((Date.now() - begunMs) / 1_000);
}
