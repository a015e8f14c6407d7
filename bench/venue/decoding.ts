// Frames unpacked and read, and requests signed, in a second each.

import { gzipSync } from 'node:zlib';
import { FrameReader } from '../../src/adapters/venues/bingx/frame-reader.ts';
import { Secret } from '../../src/adapters/venues/bingx/secret.ts';
import { queryOf, signatureOf } from '../../src/adapters/venues/bingx/sign.ts';
import { unpacked } from '../../src/adapters/venues/bingx/unpack.ts';
import { listedInstrument } from '../../src/adapters/venues/exchange/listed-instruments.ts';
import type { EpochMs } from '../../src/domain/steps.ts';

interface Rate {
  readonly what: string;
  readonly perSecond: number;
}

const RUNS = 5;

function orderFrame(n: number): string {
  const id = 1_970_374_651_259_387_904n + BigInt(n);
  return `{"e":"ORDER_TRADE_UPDATE","E":1758608899350,"T":1758608899316,"o":{"s":"BTC-USDT","c":"","i":${id},"S":"SELL","o":"MARKET","q":"0.00100000","p":"112848.10000000","sp":"0.00000000","ap":"112848.10000000","x":"TRADE","X":"FILLED","N":"USDT","n":"-0.05642405","T":1758608899316,"wt":"MARK_PRICE","ps":"BOTH","rp":"0.00000000","z":"0.00100000","l":"0.00100000","L":"112848.10000000","sg":"false","ti":0,"ro":false,"td":511178071,"tv":"112.8"}}`;
}

const ACCOUNT_FRAME =
  '{"e":"ACCOUNT_UPDATE","E":1758608899352,"T":1758608899352,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"117.80007595","cw":"95.23045595","bc":"0"}],"P":[{"s":"BTC-USDT","pa":"0.00100000","ep":"112848.10000000","up":"-0.00004435","mt":"cross","iw":"22.56957565","ps":"BOTH","cr":"-0.05642405"}]}}';
const SNAPSHOT_FRAME = ACCOUNT_FRAME.replace('ACCOUNT_UPDATE', 'SNAPSHOT');

/** The median of five runs. */
function rate(what: string, count: number, run: (n: number) => void): Rate {
  const times: number[] = [];
  for (let at = 0; at < RUNS; at += 1) {
    const begun = performance.now();
    for (let n = 0; n < count; n += 1) run(n);
    times.push((performance.now() - begun) / 1_000);
  }
  times.sort((a, b) => a - b);
  return { what, perSecond: count / (times[Math.floor(RUNS / 2)] ?? 1) };
}

export function readingFigures(count: number): readonly Rate[] {
  const instrument = listedInstrument('BTC-USDT', null)?.instrument;
  if (instrument === undefined) throw new Error('BTC-USDT is listed');
  const reader = new FrameReader(new Map([[instrument.symbol, instrument]]), 'USDT');
  const now = 1_758_608_899_400 as EpochMs;
  const orders = Array.from({ length: 2_000 }, (_, n) => orderFrame(n));
  const packed = orders.map((text) => gzipSync(text));
  const read = (text: string): void => {
    const [news] = reader.read(text, now);
    if (news?.kind === 'malformed') throw new Error(news.problem);
  };
  return [
    rate('frames unpacked', count, (n) => void unpacked(packed[n % packed.length] ?? Buffer.alloc(0))),
    rate('order frames read', count, (n) => read(orders[n % orders.length] ?? '')),
    rate('account frames read', count, () => read(ACCOUNT_FRAME)),
    rate('order frames unpacked and read', count, (n) => {
      const text = unpacked(packed[n % packed.length] ?? Buffer.alloc(0));
      if (text.ok) read(text.value);
    }),
    rate('SNAPSHOT frames passed over', count, () => read(SNAPSHOT_FRAME)),
  ];
}

export function signingFigures(count: number): readonly Rate[] {
  const secret = new Secret('mheO6dR8ovSsxZQCOYEFCtelpuxcWGTfHw7te326y6jOwq5WpvFQ9JNljoTwBXZG');
  return [
    rate('requests signed', count, (n) => {
      const query = queryOf({
        symbol: 'BTC-USDT',
        side: 'BUY',
        positionSide: 'BOTH',
        type: 'LIMIT',
        quantity: '0.0100',
        price: '65000.1',
        timeInForce: 'PostOnly',
        clientOrderId: `order${n}`,
        recvWindow: '5000',
        timestamp: '1758608899400',
      });
      if (query.ok) signatureOf(query.value.canonical, secret);
    }),
  ];
}
