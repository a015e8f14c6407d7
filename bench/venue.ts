// `npm run bench:venue`: what the client of BingX reads and signs in a second, and how long an intent takes to its acknowledgement.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tableText } from '../src/adapters/terminal/table.ts';
import { readingFigures, signingFigures } from './venue/decoding.ts';
import { type RoundTrips, roundTrips } from './venue/round-trips.ts';

const HELP = `usage: npm run bench:venue -- [options]

  --quick      takes a tenth of everything
  --orders N   orders whose round trip is measured (default 2000)
  --json FILE  writes the figures as JSON too
  --help       prints this

The exchange is a process of its own on this machine, the journal a real one in the folder for temporary files. Ends with 0
whatever the figures are, and with 3 where an option makes no sense.`;

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  orders: { type: 'string', default: '2000' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** What was typed; `null` where it makes no sense. */
function valuesOf() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    const orders = Number(values.orders) / (values.quick ? 10 : 1);
    return orders >= 10 ? { ...values, orders } : null;
  } catch {
    return null;
  }
}

const values = valuesOf();
if (values === null) {
  console.error(HELP);
  process.exitCode = 3;
} else if (values.help) console.log(HELP);
else await run(values);

async function run({ quick, orders, json }: NonNullable<ReturnType<typeof valuesOf>>): Promise<void> {
  const scale = quick ? 10 : 1;
  console.log(`Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}\n`);
  const rates = [...readingFigures(200_000 / scale), ...signingFigures(200_000 / scale)];
  const rateRows = rates.map(({ what, perSecond }) => [what, Math.round(perSecond)]);
  console.log(`${tableText({ head: ['what', 'a second'], rows: rateRows })}\n`);
  const trips = await withExchange((address) => roundTrips(address, orders));
  const rows = (Object.entries(trips) as [keyof RoundTrips, RoundTrips[keyof RoundTrips]][]).map(
    ([what, { p50, p99, p999, max, samples }]) => [
      what,
      samples,
      ...[p50, p99, p999, max].map((ms) => Number(ms.toFixed(2))),
    ],
  );
  const head = ['intent to acknowledgement, ms', 'orders', 'p50', 'p99', 'p99.9', 'worst'];
  console.log(tableText({ head, rows }));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ rates, trips }, null, 2)}\n`);
}

/** Starts the exchange of the command line as a process of its own, and ends it. */
async function withExchange<T>(
  use: (address: {
    restUrl: string;
    streamUrl: string;
    apiKey: string;
    secret: string;
    folder: string;
  }) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'warden-bench-venue-'));
  const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
  const child = spawn(process.execPath, [cli, 'exchange', '--json', '--symbols', 'BTC-USDT'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const started = JSON.parse(await firstLine(child)) as Record<string, string>;
    const [restUrl = '', streamUrl = ''] = [started['rest_url'], started['stream_url']];
    const [apiKey = '', secret = ''] = [started['api_key'], started['api_secret']];
    return await use({ restUrl, streamUrl, apiKey, secret, folder });
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const part of stdout ?? []) {
    text += String(part);
    const at = text.indexOf('\n');
    if (at >= 0) return text.slice(0, at);
  }
  throw new Error('the exchange did not begin');
}
