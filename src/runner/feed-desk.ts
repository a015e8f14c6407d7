// Where a feed arrives: prices go to the board, the paper market and the kernel, scans and bars to the policy, faults to a person.

import type { ClosedCandles, FeedNotice, FeedQuote, Scan } from '../domain/scan.ts';
import { MINUTE_MS } from '../domain/time.ts';
import type { Clock, Log } from '../ports.ts';
import type { PolicyDesk } from './policy-desk.ts';
import { markEvent, type PriceBoard, type TickQuote } from './price-board.ts';
import type { PartHealth, Take } from './record.ts';

/** A policy looks at prices that move at most so often. */
const MOMENT_EVERY_MS = 1_000;
/** Of what cannot be read, one in this time is written down; all are counted. */
const MALFORMED_EVERY_MS = MINUTE_MS;
const PROBLEM_CHARS_MAX = 500;

export type MoveMarket = (quote: FeedQuote) => void;

export interface FeedDeskDeps {
  readonly board: PriceBoard;
  readonly policy: Pick<PolicyDesk, 'onScan' | 'onCandles' | 'onMoment'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly take: Take;
  /** Moves the market of a venue that has none of its own; `null`: the venue has one, and its prices are not those of a scan. */
  readonly moveMarket: MoveMarket | null;
  readonly onEnded: () => void;
}

export class FeedDesk {
  /** How often something could not be read. */
  malformed = 0;
  private readonly deps: FeedDeskDeps;
  private state: PartHealth['state'] = 'down';
  /** Whether the log says that it works; `null`: it says nothing yet. */
  private isSaidUp: boolean | null = null;
  private why = 'it has not begun';
  private lastAtMs: number | null = null;
  private momentAtMs = Number.NEGATIVE_INFINITY;
  private malformedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: FeedDeskDeps) {
    this.deps = deps;
  }

  health(): PartHealth {
    return { name: 'feed', state: this.state, why: this.why, lastAtMs: this.lastAtMs };
  }

  readonly listen = (notice: FeedNotice): void => {
    if (notice.kind === 'quote') this.onQuote(notice.quote);
    else if (notice.kind === 'scan') this.onScan(notice.scan);
    else if (notice.kind === 'candles') this.onCandles(notice.closed);
    else if (notice.kind === 'state') this.onState(notice.isUp, notice.why);
    else if (notice.kind === 'malformed') this.onMalformed(notice.place, notice.problem);
    else this.onEnded();
  };

  private onCandles(closed: ClosedCandles): void {
    this.heard();
    this.deps.policy.onCandles(closed);
  }

  private onEnded(): void {
    [this.state, this.why] = ['off', 'it has come to its end'];
    this.deps.log.info('the feed has come to its end');
    this.deps.onEnded();
  }

  private onQuote(quote: FeedQuote): void {
    this.heard();
    const nowMs = this.deps.clock.nowMs();
    const ticks = this.deps.board.quoted(quote, nowMs);
    if (ticks === null) return;
    this.mark(quote, ticks);
    if (nowMs - this.momentAtMs < MOMENT_EVERY_MS) return;
    this.momentAtMs = nowMs;
    this.deps.policy.onMoment();
  }

  private onScan(scan: Scan): void {
    this.heard();
    const { board, clock, moveMarket, policy, log } = this.deps;
    const quotes = board.scanned(scan, clock.nowMs());
    if (moveMarket !== null) for (const quote of quotes) this.mark(quote, board.ticksOf(quote));
    if (scan.problems.length > 0)
      this.tell(() => log.warn(`scan ${scan.scanNumber}: ${scan.problems.join('; ')}`));
    policy.onScan(scan);
  }

  private mark(quote: FeedQuote, ticks: TickQuote | null): void {
    if (ticks === null) return;
    this.deps.moveMarket?.(quote);
    this.deps.take((atMs) => markEvent(ticks, quote.quotedAtMs, atMs));
  }

  private onState(isUp: boolean, why: string): void {
    const { log } = this.deps;
    const isChange = isUp !== this.isSaidUp;
    this.isSaidUp = isUp;
    this.state = isUp ? 'up' : this.lastAtMs === null ? 'down' : 'stale';
    this.why = isUp ? '' : why;
    if (!isChange) return;
    if (isUp) log.info(`the feed works: ${why}`);
    else
      log.warn(`the feed does not work: ${why}; no entries from it, and exits go by the venue's own prices`);
  }

  private onMalformed(place: string, problem: string): void {
    this.malformed += 1;
    this.tell(() => {
      this.deps.log.warn(`${place}: ${problem}; it was set aside (${this.malformed} so far)`);
      this.deps.take((atMs) => ({
        kind: 'MALFORMED',
        atMs,
        what: 'feed',
        problem: `${place}: ${problem}`.slice(0, PROBLEM_CHARS_MAX),
      }));
    });
  }

  private tell(say: () => void): void {
    const nowMs = this.deps.clock.nowMs();
    if (nowMs - this.malformedAtMs < MALFORMED_EVERY_MS) return;
    this.malformedAtMs = nowMs;
    say();
  }

  private heard(): void {
    this.lastAtMs = this.deps.clock.nowMs();
  }
}
