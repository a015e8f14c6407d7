// Frames that no client should have to bear, and that real streams send all the same.

import { gzipSync } from 'node:zlib';
import type { ExchangeFaults } from '../faults.ts';

const OVERSIZED_BYTES = 1_100_000;

/** Returns a frame that means nothing, of one kind or another. */
export function malformedFrame(faults: ExchangeFaults, text: string): Buffer {
  const packed = gzipSync(text);
  const kinds: readonly (() => Buffer)[] = [
    () => packed.subarray(0, Math.max(3, Math.floor(packed.length / 2))),
    () => gzipSync(text.slice(0, Math.floor(text.length / 2))),
    () => gzipSync('not JSON at all'),
    () => Buffer.from([0, 255, 254, 1, 2, 3]),
    () => gzipSync('{"e":"ORDER_TRADE_UPDATE","o":{"i":"no id","s":7,"z":"NaN","X":[]}}'),
    () => gzipSync('{"__proto__":{"e":"ORDER_TRADE_UPDATE"},"constructor":{"prototype":{"e":1}},"o":null}'),
    () => gzipSync('{"e":"ORDER_TRADE_UPDATE","o":{"s":"BTC-USDT","i":1e400,"S":"BUY","z":"1e308","q":-1}}'),
    () => gzipSync('{"e":"ACCOUNT_UPDATE","a":{"m":"ORDER","B":[{"a":"USDT","wb":"Infinity"}],"P":"none"}}'),
    () => gzipSync('['.repeat(50_000)),
    () => gzipSync('{"e":"ACCOUNT_UPDATE","a":{"B":{"length":1}}}'),
    () => gzipSync('null'),
  ];
  return (kinds[faults.between('frame_malformed', 0, kinds.length - 1)] ?? (() => packed))();
}

/** Returns a frame that is small on the wire and more than 1 MiB unpacked. */
export function oversizedFrame(): Buffer {
  return gzipSync(`{"e":"ORDER_TRADE_UPDATE","pad":"${'0'.repeat(OVERSIZED_BYTES)}"}`);
}

/**
 * Returns the event of an order that says the other side, or `null` for other events, and for orders that are named by the venue's id alone: of
 * those nobody could tell which of two frames is the true one.
 */
export function contradicted(text: string): string | null {
  if (!/"c":"[^"]/.test(text)) return null;
  return text.replace(/"S":"(BUY|SELL)"/, (_, side) => `"S":"${side === 'BUY' ? 'SELL' : 'BUY'}"`);
}
