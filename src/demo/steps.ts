// One simulated day of the product: emit, reconcile, train and supervise as the commands do it, under their locks, with
// provenance.

import { type LockHeld, type LockOptions, withLock } from '../adapters/state/lock.ts';
import { appendRun } from '../adapters/state/run-log.ts';
import { silentProgress } from '../adapters/terminal/progress.ts';
import { assert } from '../domain/assert.ts';
import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import type { RunRecord } from '../domain/run.ts';
import type { Settings } from '../domain/settings.ts';
import { isoFromMs } from '../domain/time.ts';
import { emit } from '../jobs/emit.ts';
import { reconcile } from '../jobs/reconcile.ts';
import { supervise } from '../jobs/supervise.ts';
import { train } from '../jobs/train.ts';
import type { Clock, Disk, Log, Prices } from '../ports.ts';
import { type Diary, noteLook } from '../supervision/diary.ts';
import { rulesFromConfig } from '../supervision/rules.ts';

export interface StepPorts {
  readonly disk: Disk;
  readonly prices: Prices;
  /** Wall time, for the provenance of runs alone. */
  readonly clock: Clock;
  readonly log: Log;
}

export interface StepOptions {
  readonly settings: Settings;
  readonly codeVersion: string;
}

/** Each step ends with `null`, or with the lock that somebody else held. */
export interface Steps {
  /** Stores `lines` for `producer`; bad ones are set aside. */
  emit(producer: string, lines: readonly string[], nowMs: number): Promise<LockHeld | null>;
  reconcile(nowMs: number): Promise<LockHeld | null>;
  train(nowMs: number): Promise<LockHeld | null>;
  /** Judges everything known by `nowMs`, and notes in the diary what was found. */
  supervise(nowMs: number): Promise<LockHeld | null>;
}

/** Returns the steps over one state folder; `diary` is kept by those that supervise. */
export function stepsOver(ports: StepPorts, options: StepOptions, lock: LockOptions, diary: Diary): Steps {
  const { disk, prices, clock, log } = ports;
  const { settings, codeVersion } = options;
  const { warden: config, agents } = settings;
  const rules = rulesFromConfig(config);
  /** As the commands record it: supervise is ruled by all three files, the others by warden.yaml. */
  const wardenSha256 = sha256Hex(canonicalJson(config));
  /** The jobs' own steps would draw thousands of bars. */
  const quiet = { disk, prices, log, progress: silentProgress };

  const record = (job: RunRecord['job'], nowMs: number, startedAtMs: number, counts: RunRecord['counts']) =>
    appendRun(disk, {
      v: 1,
      run_id: `demo-${job}-${isoFromMs(nowMs)}`,
      job,
      now: isoFromMs(nowMs),
      started_at: isoFromMs(startedAtMs),
      duration_ms: clock.nowMs() - startedAtMs,
      code_version: codeVersion,
      commit: null,
      config_sha256: job === 'supervise' ? settings.config_hash : wardenSha256,
      counts,
      price_requests: 0,
    });

  return {
    async emit(producer, lines, nowMs) {
      const target = { ...lock, disk, producer, kind: 'alpha', defaults: {}, nowMs } as const;
      // What is set aside is told by the summary, which reads it back from the rejects.
      const done = await emit(bytesOf(lines), target, () => {});
      return done.ok ? null : done.error.held;
    },
    async reconcile(nowMs) {
      const startedAtMs = clock.nowMs();
      const held = await withLock(disk, 'reconcile', lock, async () => {
        const done = await reconcile(quiet, { nowMs, rules, agents });
        for (const remark of done.remarks) log.warn(remark);
        if (!done.changed) return;
        record('reconcile', nowMs, startedAtMs, {
          ...done.events,
          due: done.due.pairs,
          reconciled: done.due.reconciled,
        });
      });
      return held.ok ? null : held.error;
    },
    async train(nowMs) {
      const startedAtMs = clock.nowMs();
      const held = await withLock(disk, 'train', lock, () => {
        const horizonsHours = config.horizons_hours;
        const trained = train(quiet, { nowMs, horizonsHours, model: config.model, codeVersion });
        if (!trained.some((horizon) => horizon.changed)) return;
        const counts = trained.map((each) => [`rows_h${each.horizon_hours}`, each.pointer.n] as const);
        record('train', nowMs, startedAtMs, Object.fromEntries(counts));
      });
      return held.ok ? null : held.error;
    },
    async supervise(nowMs) {
      const startedAtMs = clock.nowMs();
      const held = await withLock(disk, 'supervise', lock, () => {
        const options = {
          nowMs,
          settings,
          codeVersion,
          stateCommit: null,
          lastGood: null,
          useCheckpoint: true,
        };
        const done = supervise(quiet, options);
        assert(done.ok, () => (done.ok ? '' : done.error));
        const { report, newVerdicts, rows, rowsRead, cellLines, telemetryBytes, changed } = done.value;
        noteLook(diary, report, newVerdicts);
        if (!changed) return;
        record('supervise', nowMs, startedAtMs, {
          rows,
          rows_read: rowsRead,
          verdicts: newVerdicts.length,
          cell_lines: cellLines,
          telemetry_bytes: telemetryBytes,
        });
      });
      return held.ok ? null : held.error;
    },
  };
}

async function* bytesOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(lines.map((line) => `${line}\n`).join(''));
}
