// Every record and configuration file by name: what `schemas/` is generated from, and what an editor or another program can check.

import type { TSchema } from 'typebox';
import { AgentRegistry, WardenConfig } from './config.ts';
import { CellStatistics, StrategyCvarRegime } from './cvar.ts';
import { DivergenceAlerts } from './divergence.ts';
import { AlphaEvent } from './event.ts';
import { KernelControlRequest, KernelControlResponse } from './kernel-control.ts';
import { KernelAck, KernelSummary } from './kernel-records.ts';
import { KillList } from './kill-list.ts';
import { Model, ModelPointer } from './model.ts';
import { PackIndex } from './pack-index.ts';
import { Pending } from './pending.ts';
import { Pink } from './pink-settings.ts';
import { Reject } from './reject.ts';
import { ReconciledRow } from './row.ts';
import { RunRecord } from './run.ts';
import { Settings } from './settings.ts';
import { Allocation, ConfidenceMultipliers, MetaReport, Promotion } from './supervisor.ts';
import { TelemetryEvent } from './telemetry.ts';
import { Receipt, Verdict } from './verdict.ts';

/** Name of the record → its schema. The name is that of the file under `schemas/`. */
export const SCHEMAS: Readonly<Record<string, TSchema>> = {
  warden: WardenConfig,
  agents: AgentRegistry,
  'kill-list': KillList,
  pink: Pink,
  'alpha-event': AlphaEvent,
  'telemetry-event': TelemetryEvent,
  reject: Reject,
  pending: Pending,
  'reconciled-row': ReconciledRow,
  model: Model,
  'model-pointer': ModelPointer,
  'run-record': RunRecord,
  'pack-index': PackIndex,
  'confidence-multipliers': ConfidenceMultipliers,
  'strategy-cvar-regime': StrategyCvarRegime,
  'divergence-alerts': DivergenceAlerts,
  promotion: Promotion,
  allocation: Allocation,
  'meta-report': MetaReport,
  'cell-statistics': CellStatistics,
  verdict: Verdict,
  receipt: Receipt,
  settings: Settings,
  'kernel-ack': KernelAck,
  'kernel-summary': KernelSummary,
  'kernel-control-request': KernelControlRequest,
  'kernel-control-response': KernelControlResponse,
};

/**
 * Returns the text of every file of `schemas/`, by file name: JSON Schema 2020-12, two spaces, one newline at the end.
 * The same schemas always give the same bytes.
 */
export function schemaFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const document = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: name, ...schema };
    files.set(`${name}.schema.json`, `${JSON.stringify(document, null, 2)}\n`);
  }
  return files;
}
