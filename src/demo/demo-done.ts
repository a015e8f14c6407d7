// What a demo leaves: where everything is, and the figures of what happened.

import type { KernelAck } from '../domain/kernel-records.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Chronicle } from './chronicle.ts';
import type { DemoFolder } from './folder.ts';
import type { DemoMarket } from './market.ts';
import type { DemoPinkSummary } from './pink/demo-pink.ts';
import type { DemoMail } from './stage/demo-stage.ts';
import type { DemoSummary } from './summary.ts';
import type { SupervisionSummary } from './supervision-summary.ts';

export interface DemoDone {
  readonly options: { readonly seed: number; readonly days: number };
  readonly folder: DemoFolder;
  readonly startMs: number;
  readonly outage: DemoMarket['outage'];
  /** `null`: it lies after the last day. */
  readonly breakMs: number | null;
  readonly recoverMs: number | null;
  /** The instant of the last run; as of then nothing is left to do. */
  readonly lastRunMs: number;
  /** Of the state that was pushed last. */
  readonly stateCommit: string;
  readonly repository: string;
  readonly checkoutDir: string;
  readonly stateDir: string;
  readonly summary: DemoSummary;
  readonly supervision: SupervisionSummary;
  readonly verdicts: readonly Verdict[];
  readonly chronicle: Chronicle;
  readonly mails: readonly DemoMail[];
  readonly pink: DemoPinkSummary;
  readonly acks: readonly KernelAck[];
}
