// How the venue's private stream is, for whoever looks at the runner.

import type { OpenedVenue } from '../adapters/venues/open-venue.ts';
import type { VenueNotice } from '../domain/venue.ts';
import type { Clock, Log } from '../ports.ts';
import type { PartHealth } from './record.ts';

/** BingX says something every 5 s: a stream that is silent for so long does not work, whatever it says of itself. */
const SILENT_MS = 20_000;

export class VenueStream {
  private state: 'up' | 'down' = 'down';
  private why = 'it has not begun';
  private lastAtMs: number | null = null;
  private readonly opened: OpenedVenue;
  private readonly clock: Clock;
  private readonly log: Log;

  constructor(opened: OpenedVenue, clock: Clock, log: Log) {
    this.opened = opened;
    this.clock = clock;
    this.log = log;
  }

  readonly listen = (notice: VenueNotice): void => {
    this.lastAtMs = this.clock.nowMs();
    if (notice.kind === 'leverage_drift') {
      const { symbol, expected, long, short } = notice;
      this.log.warn(
        `somebody changed the leverage of ${symbol}: ${long} long and ${short} short, and an order of ours set ${expected}`,
      );
    }
    if (notice.kind !== 'stream') return;
    [this.state, this.why] = [notice.isUp ? 'up' : 'down', notice.isUp ? '' : notice.why];
    if (notice.isUp) this.log.info(`the venue's stream works: ${notice.why}`);
    else this.log.warn(`the venue's stream does not work: ${notice.why}`);
  };

  health(): PartHealth {
    const lastAtMs =
      this.opened.kind === 'bingx' ? this.frameAtMs(this.opened.venue.health()) : this.lastAtMs;
    const isSilent =
      this.opened.kind === 'bingx' && lastAtMs !== null && this.clock.nowMs() - lastAtMs > SILENT_MS;
    const state = this.state === 'up' && isSilent ? 'stale' : this.state;
    const why = state === 'stale' ? 'no frame for more than 20 s' : this.why;
    return { name: 'account', state, why, lastAtMs };
  }

  /** By our own clock: a frame says when it was sent by the venue's. */
  private frameAtMs({
    lastFrameAtMs,
    clockOffsetMs,
  }: {
    lastFrameAtMs: number | null;
    clockOffsetMs: number;
  }): number | null {
    return lastFrameAtMs === null
      ? this.lastAtMs
      : Math.max(this.lastAtMs ?? 0, lastFrameAtMs - clockOffsetMs);
  }
}
