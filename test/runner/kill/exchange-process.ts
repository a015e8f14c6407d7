// The built local exchange as a process of its own: begun, told to misbehave and to stop that, asked as its account's owner, and what it holds in the end.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Secret } from '../../../src/adapters/venues/bingx/secret.ts';
import { queryOf, signatureOf } from '../../../src/adapters/venues/bingx/sign.ts';
import { money, moneyFrom } from '../../../src/domain/money.ts';
import type { VenueAccountSeen } from './verdict.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const KEY = 'killed-key';
const SECRET = 'killed-secret-0123';
const PAGE_ROWS = 1_000;

/** The variables by which a runner trades there. */
export const EXCHANGE_KEYS = { BINGX_API_KEY: KEY, BINGX_API_SECRET: SECRET };

export interface ExchangeProcessOptions {
  readonly symbols: readonly string[];
  readonly seed: number;
  /** As `--faults` takes them. */
  readonly faults?: string;
}

interface OrderRow {
  readonly orderId: number | string;
  readonly clientOrderId: string;
  readonly side: 'BUY' | 'SELL';
  readonly executedQty: string;
}

export class ExchangeProcess {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly symbols: readonly string[];

  constructor(child: ChildProcess, url: string, symbols: readonly string[]) {
    [this.child, this.url, this.symbols] = [child, url, symbols];
  }

  /** Ends every fault, and returns how often each had happened. */
  async calm(): Promise<Readonly<Record<string, number>>> {
    const answer = await fetch(`${this.url}/control`, { headers: { 'X-BX-APIKEY': KEY } });
    const { data } = (await answer.json()) as { data: { faults: Record<string, { hits: number }> } };
    const hits = Object.entries(data.faults).map(([name, fault]) => [name, fault.hits] as const);
    await this.setFaults(Object.fromEntries(hits.map(([name]) => [name, 0])));
    return Object.fromEntries(hits.filter(([, count]) => count > 0));
  }

  private async setFaults(shares: Readonly<Record<string, number>>): Promise<void> {
    const answer = await fetch(`${this.url}/control/faults`, {
      method: 'PUT',
      headers: { 'X-BX-APIKEY': KEY, 'content-type': 'application/json' },
      body: JSON.stringify(shares),
    });
    const { code, msg } = (await answer.json()) as { code?: number; msg?: string };
    if (code !== undefined && code !== 0) throw new Error(`control/faults: ${code} ${msg}`);
  }

  /** Writes a scan of its prices into a file, again and again. Returns how to stop. */
  scansInto(file: string, everyMs: number): () => void {
    let scanNumber = Date.now();
    const timer = setInterval(() => {
      void this.prices().then((prices) => {
        scanNumber += 1;
        const [assets, asset_prices] = [Object.keys(prices), Object.values(prices)];
        const facts = { vel_div: 0, w50_velocity: 0, w750_velocity: 0, vol_ok: true };
        appendFileSync(
          file,
          `${JSON.stringify({ scan_number: scanNumber, timestamp: Date.now(), assets, asset_prices, ...facts })}\n`,
        );
      });
    }, everyMs);
    return () => clearInterval(timer);
  }

  private async prices(): Promise<Readonly<Record<string, number>>> {
    const rows = await Promise.all(
      this.symbols.map(async (symbol) => {
        const answer = await fetch(`${this.url}/openApi/swap/v2/quote/premiumIndex?symbol=${symbol}`);
        const { data } = (await answer.json()) as { data: { markPrice: string } };
        return [symbol.replace('-', ''), Number(data.markPrice)] as const;
      }),
    );
    return Object.fromEntries(rows);
  }

  /** What it holds of the account, for a verdict. */
  async account(): Promise<VenueAccountSeen> {
    const balances = (await this.asked('/openApi/swap/v3/user/balance')) as readonly { balance: string }[];
    const wallet = moneyFrom(balances[0]?.balance ?? '');
    if (!wallet.ok) throw new Error(`the balance: ${wallet.error}`);
    const positions = (await this.asked('/openApi/swap/v2/user/positions')) as readonly {
      symbol: string;
      positionAmt: string;
    }[];
    const { orders: open } = (await this.asked('/openApi/swap/v2/trade/openOrders')) as {
      orders: readonly OrderRow[];
    };
    const orders = (await Promise.all(this.symbols.map((symbol) => this.ordersOf(symbol)))).flat();
    return {
      wallet: money(wallet.value),
      orders: orders.map(({ clientOrderId, executedQty }) => ({
        clientOrderId: clientOrderId === '' ? null : clientOrderId,
        filled: Number(executedQty),
      })),
      holdings: [
        ...positions
          .filter(({ positionAmt }) => Number(positionAmt) !== 0)
          .map(({ symbol, positionAmt }) => `${positionAmt} of ${symbol}`),
        ...open.map(({ clientOrderId }) => `the open order ${clientOrderId}`),
      ],
    };
  }

  /** All orders, open ones and ended ones. */
  private async ordersOf(symbol: string): Promise<readonly OrderRow[]> {
    const { orders } = (await this.asked('/openApi/swap/v1/trade/fullOrder', {
      symbol,
      limit: String(PAGE_ROWS),
    })) as { orders: readonly OrderRow[] };
    if (orders.length >= PAGE_ROWS) throw new Error(`${symbol} has more orders than one page shows`);
    return orders;
  }

  private async asked(path: string, params: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const query = queryOf({ ...params, timestamp: String(Date.now()) });
    if (!query.ok) throw new Error(query.error);
    const { canonical, encoded } = query.value;
    const signature = signatureOf(canonical, new Secret(SECRET));
    const answer = await fetch(`${this.url}${path}?${encoded}&signature=${signature}`, {
      headers: { 'X-BX-APIKEY': KEY },
    });
    const { code, msg, data } = (await answer.json()) as { code: number; msg: string; data: unknown };
    if (code !== 0) throw new Error(`${path}: ${code} ${msg}`);
    return data;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }
}

/** Begins an exchange on a free port; the account is in one-way mode, with 100,000 USDT. */
export async function beginExchange(options: ExchangeProcessOptions): Promise<ExchangeProcess> {
  const { symbols, seed, faults } = options;
  const args = ['exchange', '--json', '--symbols', symbols.join(','), '--seed', String(seed)];
  if (faults !== undefined) args.push('--faults', faults);
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], {
    env: { ...process.env, EXCHANGE_API_KEY: KEY, EXCHANGE_API_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (part: Buffer) => {
    said += String(part);
  });
  while (!said.includes('\n') && child.exitCode === null)
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (child.exitCode !== null) throw new Error('the exchange did not begin');
  const { rest_url: url } = JSON.parse(said.split('\n')[0] ?? '') as { rest_url: string };
  return new ExchangeProcess(child, url, symbols);
}

/** Lines of pink.yaml under `venue`, for a runner that trades there. */
export function exchangeVenue({ url }: ExchangeProcess): string {
  return `  environment: demo\n  margin_asset: USDT\n  rest_urls: ['${url}']`;
}
