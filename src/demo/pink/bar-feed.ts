// The feed of PINK in the demo: it says what it is handed, bar by bar, and begins with the bars of before.

import type { ClosedCandles, FeedNotice } from '../../domain/scan.ts';
import type { EpochMs } from '../../domain/steps.ts';
import type { Feed } from '../../ports.ts';

export interface BarFeed extends Feed {
  /** Says at an instant that everything costs what it did where these bars closed. */
  quote(closed: ClosedCandles, atMs: number): void;
  /** Says the bars themselves, from which a policy decides. */
  bars(closed: ClosedCandles): void;
}

/** @param past bars that warm a policy up, oldest first */
export function barFeed(past: readonly ClosedCandles[]): BarFeed {
  let listen: (notice: FeedNotice) => void = () => undefined;
  return {
    follow(listener) {
      listen = listener;
      listen({ kind: 'state', isUp: true, why: 'the made-up market of the demo' });
      for (const closed of past) listen({ kind: 'candles', closed });
      return async () => {
        listen = () => undefined;
      };
    },
    quote({ candles }, atMs) {
      for (const [key, { close }] of Object.entries(candles)) {
        const prices = { bid: close, ask: close, mark: close };
        listen({ kind: 'quote', quote: { key, ...prices, quotedAtMs: atMs as EpochMs } });
      }
    },
    bars: (closed) => listen({ kind: 'candles', closed }),
  };
}
