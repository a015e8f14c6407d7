// What the runner and the thread of its sinks say to each other. How far the journal is durable stands in memory that both see.

import type { SinkProgress } from '../../adapters/sinks/follower.ts';
import type { RunSinks } from './run-sinks.ts';

export interface ThreadData {
  readonly options: RunSinks;
  /** One whole number of 64 bits: the last durable record. */
  readonly durable: SharedArrayBuffer;
}

export type ToThread = { readonly kind: 'close'; readonly withinMs: number };

export type FromThread =
  | { readonly kind: 'progress'; readonly progress: readonly SinkProgress[] }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly text: string }
  | { readonly kind: 'closed'; readonly progress: readonly SinkProgress[] };
