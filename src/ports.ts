// Every side effect of the product on one page: what the program can do to the world, and nothing else can.

import type { BarSeries, Market } from './domain/market.ts';
import type { Result } from './domain/result.ts';

export interface Clock {
  /** Wall time, epoch milliseconds. */
  nowMs(): number;
}

/** Words for the person who runs a command. Never secrets, never whole payloads. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** How far a long step has come: a bar on a terminal, a plain line now and then elsewhere, nothing with `--json`. */
export interface Progress {
  start(label: string, total: number): void;
  advance(by: number): void;
  /** Ends the step that was started last. */
  done(): void;
}

/**
 * The files below one folder. Paths are relative, with forward slashes. Every write is durable when the call returns.
 * All calls throw on what the world should not do (no space, no permission); absence is a value.
 */
export interface Disk {
  /** Whole content, or `null` where there is no such file. */
  read(path: string): Buffer | null;
  /** Bytes `[from, to)` of a file that exists; fewer where it ends earlier. */
  readRange(path: string, from: number, to: number): Buffer;
  /** Size in bytes, or `null` where there is no such file. */
  size(path: string): number | null;
  /** Names of the files and folders in `folder`, sorted by code unit; empty where there is no such folder. */
  list(folder: string): readonly string[];
  /** Appends in one write, then fsync. Creates the file and its folders. */
  append(path: string, text: string): void;
  /** Replaces the whole content: temporary file, fsync, rename, fsync of the folder. */
  replace(path: string, text: string): void;
  /** Cuts the file to its first `bytes` bytes, then fsync. */
  truncate(path: string, bytes: number): void;
  /** Creates a file that must not exist yet; `false` where it does. */
  createExclusive(path: string, text: string): boolean;
  remove(path: string): void;
}

export interface PriceRequest {
  readonly symbol: string;
  readonly market: Market;
  /** Bars that closed in `[fromMs, toMs]` are wanted; a source may return more. */
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * Funding is wanted from here on, where no position is older; default: from the first bar on. Bars reach back further, for the
   * volatility, than some exchanges keep funding.
   */
  readonly fundingFromMs?: number;
}

/**
 * Why there are no bars. `unknown_symbol` is the source's own answer and final for this run; all others say nothing
 * about the market, so whatever waits for the price keeps waiting.
 */
export interface PriceFailure {
  readonly kind: 'unknown_symbol' | 'unreachable' | 'malformed' | 'not_configured';
  /** What was asked, what came back, and the next step, in one sentence. */
  readonly message: string;
}

export interface Prices {
  /** Closed bars of one instrument in one request's range, failing over between the sources that are configured. */
  bars(request: PriceRequest): Promise<Result<BarSeries, PriceFailure>>;
  /** How many requests went over the network so far (0 for candle files). */
  requestCount(): number;
}

export interface MailMessage {
  /** Chosen by us and stable, so that a mail that is sent again is recognised as the same one. */
  readonly messageId: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Pictures that the HTML shows by `cid:`. */
  readonly inline: readonly { readonly cid: string; readonly filename: string; readonly png: Buffer }[];
}

export interface Mailer {
  /** Hands one message to the mail server. The failure is one sentence that names the server's answer, never a secret. */
  send(message: MailMessage): Promise<Result<void, string>>;
}

/** The page that GitHub shows for a run of a job. */
export interface JobSummary {
  /** Shows Markdown, escaped already. */
  write(markdown: string): Promise<void>;
}
