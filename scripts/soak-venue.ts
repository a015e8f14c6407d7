// Lets a kernel trade through the BingX client at the local exchange for many orders, under faults and deaths, and judges the end.

import { parseArgs } from 'node:util';
import { moneyText } from '../src/domain/money.ts';
import { SOAK_FAULTS, soak } from '../test/venue/soak.ts';

const HELP = `npm run soak:venue -- [options]

A journaled kernel on a disk in memory, the BingX client over real sockets, the local exchange, and a virtual clock.

  --orders N    end after so many orders were sent (default 10000)
  --seed N      of prices, decisions, faults and deaths (default 1)
  --deaths R    share of the moments at which the process dies (default 0.0005)
  --calm        nothing goes wrong, at a venue without quirks
  --plain       what goes wrong goes wrong at a venue without quirks
  --help        this text

Exit codes: 0 it ended flat, without a double order and with nothing unexplained; 1 it did not; 3 wrong usage.`;

const OPTIONS = {
  orders: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  deaths: { type: 'string', default: '0.0005' },
  calm: { type: 'boolean', default: false },
  plain: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

const values = valuesOrNull();
if (values === null) {
  console.error(HELP);
  process.exitCode = 3;
} else if (values.help) console.log(HELP);
else process.exitCode = await run(values);

/** The options as typed, or null where one of them is not known or has no value. */
function valuesOrNull(): Values | null {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    console.error(`error: ${(error as Error).message}\n`);
    return null;
  }
}

async function run(values: Values): Promise<number> {
  const [orders, seed, deathRate] = [values.orders, values.seed, values.deaths].map(Number);
  if (![orders, seed, deathRate].every((one) => one !== undefined && one >= 0)) {
    console.error(HELP);
    return 3;
  }
  const begunAt = performance.now();
  const result = await soak({
    seed: seed ?? 1,
    orders: orders ?? 0,
    faults: values.calm ? {} : SOAK_FAULTS,
    deathRate: values.calm ? 0 : (deathRate ?? 0),
    isPlain: values.calm || values.plain,
    progress: (sent) =>
      console.error(`${sent} orders, ${((performance.now() - begunAt) / 1_000).toFixed(0)} s`),
  });
  const seconds = (performance.now() - begunAt) / 1_000;
  const hits = Object.entries(result.hits).filter(([, count]) => count > 0);
  const lines: readonly (readonly [string, string])[] = [
    ['seed', String(seed)],
    ['manners', result.manners.join(' ')],
    ['orders sent', String(result.ordersSent)],
    ['orders at the venue', String(result.ordersAtVenue)],
    ['requests', String(result.requests)],
    ['deaths', String(result.deaths)],
    ['frames not readable', String(result.malformed)],
    ['virtual hours', (result.virtualMs / 3_600_000).toFixed(2)],
    ['open positions', String(result.openPositions)],
    ['open orders', String(result.openOrders)],
    ['|E - K - explained|', moneyText(result.residual)],
    ['seconds', seconds.toFixed(1)],
    ...hits.map(([name, count]) => [`  ${name}`, String(count)] as const),
  ];
  for (const [name, value] of lines) console.log(`${name.padEnd(24)}${value}`);
  for (const problem of result.problems) console.log(`PROBLEM ${problem}`);
  const isFlat = result.openPositions === 0 && result.openOrders === 0;
  return isFlat && result.problems.length === 0 && result.residual < 1_000_000n ? 0 : 1;
}
