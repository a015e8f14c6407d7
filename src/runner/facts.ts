// What is known of a runner at one moment: the one source of the status page, the heartbeat, the metrics and the answers to a person.

import type { KernelState } from '../kernel/state.ts';
import type { PartHealth, SinkHealth } from './record.ts';

/** A version of a file that is in force in the kernel. */
export interface ListInForce {
  /** Of its canonical content, as an acknowledgement names it. */
  readonly sha256: string;
  /** The commit that it was read from; `null`: a file of this machine. */
  readonly commit: string | null;
  readonly appliedAtMs: number;
}

/** What the lists say of one strategy class. */
export interface ClassInForce {
  readonly isEnabled: boolean;
  /** Why entries are refused; `null` where they are allowed. */
  readonly reason: string | null;
  readonly episode: string | null;
  /** min(1, weight / base) of the allocation; 1 where that says nothing of PINK. */
  readonly sizeFactor: number;
}

export interface ListsInForce {
  readonly killList: ListInForce | null;
  readonly allocation: ListInForce | null;
  readonly classes: ReadonlyMap<string, ClassInForce>;
  /** What is wrong with the newest version of a list, so that an older one, or none, is in force; `null`: nothing. */
  readonly problem: string | null;
}

/** Of a runner that has read no list yet, and of a run over the past, which reads none. */
export const NO_LISTS: ListsInForce = { killList: null, allocation: null, classes: new Map(), problem: null };

/** What the newest scan said, and what the policy made of it. */
export interface ScanInForce {
  readonly scanNumber: number;
  readonly receivedAtMs: number;
  readonly velDiv: number | null;
  readonly isVolOk: boolean;
  readonly posture: string;
  readonly acbBoost: number | null;
  readonly problems: readonly string[];
  /** The policy's last word: `HOLD`, `ENTER`, …, and why; `null` before the first. */
  readonly lastDecision: { readonly action: string; readonly symbol: string; readonly reason: string } | null;
}

export interface RunnerFacts {
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly runnerId: string;
  /** Of the package. */
  readonly version: string;
  readonly environment: 'paper' | 'demo' | 'live';
  readonly marginAsset: string;
  /** `name@version#digest` of the policy. */
  readonly policy: string;
  /** The kernel's own: to be read at once, and neither kept nor changed. */
  readonly kernel: KernelState;
  /** Why the kernel takes nothing any more; `null` while it does. */
  readonly halted: string | null;
  /** The feed, the venue's stream, the remote of git, in this order; each once. */
  readonly parts: readonly PartHealth[];
  readonly sinks: readonly SinkHealth[];
  readonly lists: ListsInForce;
  readonly scan: ScanInForce | null;
  /** Whether a stop is under way. */
  readonly isStopping: boolean;
}
