// The stream of frames from the venue: it loses, repeats and shuffles them, falls silent, and says only sometimes that it is down.

import { drainFrames } from '../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange, Frame } from '../../src/adapters/venues/exchange/model/state.ts';
import { NO_MONEY } from '../../src/domain/money.ts';
import type { BalanceReport } from '../../src/domain/venue.ts';
import type { FaultPlan } from './faults.ts';
import type { Host } from './host.ts';
import type { Stream } from './random.ts';
import type { Schedule } from './schedule.ts';
import { OWN_ACCOUNT } from './settings.ts';

interface PushPorts {
  readonly schedule: Schedule;
  readonly faults: FaultPlan;
  readonly latency: Stream;
  readonly exchange: Exchange;
  readonly host: () => Host;
}

const REPLAYED_MAX = 20;

export class Push {
  private readonly ports: PushPorts;
  private readonly recent: Frame[] = [];
  private isConnected = false;
  private isSilent = false;
  private overlapUntilMs = 0;
  private lastAtMs = 0;
  private connection = 0;

  constructor(ports: PushPorts) {
    this.ports = ports;
  }

  /** Whether frames get through and the kernel was told so. */
  get isUp(): boolean {
    return this.isConnected && !this.isSilent;
  }

  connect(afterMs: number): void {
    const { schedule, host } = this.ports;
    this.connection += 1;
    const { connection } = this;
    schedule.in(afterMs, () => {
      if (connection !== this.connection || !host().isUp) return;
      this.isConnected = true;
      this.isSilent = false;
      host().deliver((atMs) => ({ kind: 'STREAM', atMs, isUp: true }));
      this.replay();
    });
  }

  /** With the process. */
  disconnect(): void {
    this.connection += 1;
    this.isConnected = false;
    this.isSilent = false;
  }

  /** Something may happen to the connection. Called now and then. */
  tick(): void {
    const { faults, schedule } = this.ports;
    if (!this.isUp) return;
    if (faults.fires('listen_key_expired')) {
      this.drop(faults.between('listen_key_expired', 500, 20_000));
      return;
    }
    if (faults.fires('streams_overlap'))
      this.overlapUntilMs = schedule.nowMs + faults.between('streams_overlap', 1_000, 20_000);
    if (!faults.fires('stream_silent')) return;
    this.isSilent = true;
    const { connection } = this;
    schedule.in(faults.between('stream_silent', 5_000, 60_000), () => {
      if (connection === this.connection) this.drop(1_000);
    });
  }

  private drop(downMs: number): void {
    this.disconnect();
    this.ports.host().deliver((atMs) => ({ kind: 'STREAM', atMs, isUp: false }));
    this.connect(downMs);
  }

  private replay(): void {
    const { faults } = this.ports;
    if (!faults.fires('frames_replayed')) return;
    const frames = this.recent.slice(-faults.between('frames_replayed', 1, REPLAYED_MAX));
    for (const frame of frames) this.plan(frame, 50);
  }

  /** Takes what the venue has pushed since. */
  pump(): void {
    const { exchange, faults } = this.ports;
    for (const frame of drainFrames(exchange, OWN_ACCOUNT)) {
      this.recent.push(frame);
      if (this.recent.length > REPLAYED_MAX) this.recent.shift();
      if (!this.isUp || faults.fires('frame_dropped')) continue;
      if (faults.fires('frame_unreadable')) {
        this.garble();
        continue;
      }
      if (faults.fires('frame_contradictory')) this.contradict(frame);
      this.pushOne(bare(frame, faults));
    }
  }

  private pushOne(frame: Frame): void {
    const { faults, latency, schedule } = this.ports;
    if (faults.fires('frame_reordered')) {
      this.plan(frame, faults.between('frame_reordered', 0, 3_000));
      return;
    }
    const delayMs = latency.between(5, 150);
    this.lastAtMs = Math.max(this.lastAtMs, schedule.nowMs + delayMs);
    this.plan(frame, this.lastAtMs - schedule.nowMs);
    const isTwice = schedule.nowMs < this.overlapUntilMs || faults.fires('frame_duplicated');
    if (isTwice) this.plan(frame, this.lastAtMs - schedule.nowMs + latency.between(0, 2_000));
  }

  /** Something came that nobody can read, instead of a frame. */
  private garble(): void {
    const { host } = this.ports;
    host().deliver((atMs) => ({ kind: 'MALFORMED', atMs, what: 'frame', problem: 'it ends in the middle' }));
  }

  /** A frame before the true one that says the opposite of an order of ours. */
  private contradict(frame: Frame): void {
    if (frame.kind !== 'order' || frame.report.clientOrderId === null || frame.report.cause !== 'order')
      return;
    if (frame.report.clientOrderId.startsWith('foreign')) return;
    const side = frame.report.side === 'BUY' ? 'SELL' : 'BUY';
    this.plan({ ...frame, report: { ...frame.report, side } }, 1);
  }

  private plan(frame: Frame, delayMs: number): void {
    const { schedule, host } = this.ports;
    const { generation } = host();
    schedule.in(delayMs, () => host().deliver((atMs) => eventOf(frame, atMs), generation));
  }
}

/** A frame may leave out what its fills cost, or speak of margin as if there were no wallet, and say that none is free. */
function bare(frame: Frame, faults: FaultPlan): Frame {
  if (frame.kind === 'order')
    return faults.fires('frame_unpriced')
      ? { ...frame, report: { ...frame.report, filledQuote: null, isQuoteExact: false } }
      : frame;
  if (!faults.fires('frame_without_wallet')) return frame;
  const wallet = faults.pick('frame_without_wallet', [null, NO_MONEY]);
  const isAllUsed = faults.between('frame_without_wallet', 0, 3) === 0;
  const availableMargin = isAllUsed ? NO_MONEY : frame.report.availableMargin;
  return { ...frame, report: { ...frame.report, wallet, availableMargin } };
}

function eventOf(
  frame: Frame,
  atMs: Parameters<Parameters<Host['deliver']>[0]>[0],
): ReturnType<Parameters<Host['deliver']>[0]> {
  if (frame.kind === 'order') return { kind: 'REPORT', atMs, report: frame.report };
  const rows: readonly BalanceReport[] = [frame.report];
  return { kind: 'BALANCE', atMs, requestId: null, result: { kind: 'KNOWN', rows } };
}
