// Lets a growth world leave its state: month by month with what runs would write, or every half hour by the jobs themselves.

import { appendCellLines, readCellLines } from '../src/adapters/state/cell-log.ts';
import { appendEvents } from '../src/adapters/state/event-log.ts';
import { saveModel } from '../src/adapters/state/model-store.ts';
import { appendRun } from '../src/adapters/state/run-log.ts';
import { appendTelemetry } from '../src/adapters/state/telemetry-log.ts';
import { silentProgress } from '../src/adapters/terminal/progress.ts';
import { canonicalJson, sha256Hex } from '../src/domain/canonical.ts';
import { type CellLineDraft, cellId } from '../src/domain/cvar.ts';
import type { Model } from '../src/domain/model.ts';
import { type Random, randomFrom } from '../src/domain/random.ts';
import type { RunRecord } from '../src/domain/run.ts';
import { DAY_MS, HOUR_MS, isoFromMs, MINUTE_MS, monthOf, msFromIso } from '../src/domain/time.ts';
import { reconcile } from '../src/jobs/reconcile.ts';
import { supervise } from '../src/jobs/supervise.ts';
import { type TrainedHorizon, train } from '../src/jobs/train.ts';
import type { Disk } from '../src/ports.ts';
import { rulesFromConfig } from '../src/supervision/rules.ts';
import { className, type GrowthWorld } from './growth-world.ts';

const VERSION = '0.1.0';
const log = { info() {}, warn() {}, error() {} };

/** Writes what the days `[from, to)` of the world leave behind, as runs every half hour and a training a day would. */
export async function writeDays(disk: Disk, world: GrowthWorld, from: number, to: number): Promise<void> {
  const dayMs = (day: number): number => world.startMs + day * DAY_MS;
  const trained = trainNow(disk, world, dayMs(from));
  for (let day = from; day < to; day += 1) {
    const random = randomFrom(world.seed, `runs of day ${day}`);
    if (day > from)
      for (const { model } of trained)
        if (model !== null) saveModel(disk, similarModel(model, dayMs(day), random));
    appendEvents(disk, 'emit', world.signals(day));
    appendTelemetry(disk, world.telemetry(day));
    for (let minutes = 13; minutes < 24 * 60; minutes += 30)
      recordRuns(disk, dayMs(day) + minutes * MINUTE_MS, world, random);
  }
  await settle(disk, world, dayMs(to));
  look(disk, world, dayMs(to));
  writeSimilarCells(disk, world, from, to);
}

/** One run every half hour, as its workflow has it: what was emitted, reconcile, and supervise; at midnight a training first. */
export async function runHalfHour(disk: Disk, world: GrowthWorld, nowMs: number): Promise<void> {
  const day = Math.floor((nowMs - world.startMs) / DAY_MS);
  const isNew = ({ ts }: { readonly ts: string }): boolean =>
    msFromIso(ts) > nowMs - 30 * MINUTE_MS && msFromIso(ts) <= nowMs;
  const days = [day - 1, day].filter((each) => each >= 0);
  appendEvents(
    disk,
    'emit',
    days.flatMap((each) => world.signals(each).filter(isNew)),
  );
  appendTelemetry(
    disk,
    days.flatMap((each) => world.telemetry(each).filter(isNew)),
  );
  if ((nowMs - world.startMs) % DAY_MS < 30 * MINUTE_MS) trainNow(disk, world, nowMs);
  await settle(disk, world, nowMs);
  look(disk, world, nowMs);
  recordRuns(disk, nowMs, world, randomFrom(world.seed, `run at ${nowMs}`));
}

function trainNow(disk: Disk, { settings }: GrowthWorld, nowMs: number): TrainedHorizon[] {
  const { horizons_hours, model } = settings.warden;
  return train(
    { disk, progress: silentProgress },
    { nowMs, horizonsHours: horizons_hours, model, codeVersion: VERSION },
  );
}

async function settle(disk: Disk, { settings, prices }: GrowthWorld, nowMs: number): Promise<void> {
  const rules = rulesFromConfig(settings.warden);
  const ports = { disk, prices, log, progress: silentProgress };
  await reconcile(ports, { nowMs, rules, agents: settings.agents });
}

function look(disk: Disk, { settings }: GrowthWorld, nowMs: number): void {
  const options = {
    nowMs,
    settings,
    codeVersion: VERSION,
    stateCommit: null,
    lastGood: null,
    useCheckpoint: true,
  };
  const done = supervise({ disk, log, progress: silentProgress }, options);
  if (!done.ok) throw new Error(done.error);
}

/** What training on the next day would give: other digits, and so another id. */
function similarModel(model: Model, trainedAtMs: number, random: Random): Model {
  const { model_id: _id, content_sha256: _digest, trained_at: _at, ...content } = model;
  const shiftMs = trainedAtMs - msFromIso(model.trained_at);
  const moved = {
    ...otherDigits(content, random),
    trained_from: isoFromMs(msFromIso(model.trained_from) + shiftMs),
    trained_through: isoFromMs(msFromIso(model.trained_through) + shiftMs),
  };
  const digest = sha256Hex(canonicalJson(moved));
  const trained_at = isoFromMs(trainedAtMs);
  const stamp = trained_at.slice(0, 19).replaceAll(/[-:]/g, '');
  return { ...moved, model_id: `${stamp}Z-${digest.slice(0, 16)}`, content_sha256: digest, trained_at };
}

/** A look writes a line per cell with news and day: those of the days before the newest. */
function writeSimilarCells(disk: Disk, world: GrowthWorld, from: number, to: number): void {
  const random = randomFrom(world.seed, `cells from day ${from}`);
  const known = readCellLines(disk, { month: monthOf(world.startMs + (to - 1) * DAY_MS) });
  const lines: CellLineDraft[] = [];
  for (let day = from; day < to - 1; day += 1) {
    for (let place = 0; place < 10; place += 1) {
      const template = known[(place + day) % Math.max(1, known.length)];
      if (template === undefined) continue;
      const { content_sha256: _digest, ...line } = otherDigits(template, random);
      const strategy_class = className(place);
      const as_of = isoFromMs(
        world.startMs + day * DAY_MS + 23 * HOUR_MS + Math.floor(random.uniform() * HOUR_MS),
      );
      const cell = {
        as_of,
        strategy_class,
        regime: world.regimeOf(strategy_class, day),
        horizon_hours: line.horizon_hours,
      };
      lines.push({ ...line, ...cell, cell_id: cellId(cell) });
    }
  }
  appendCellLines(disk, lines);
}

function recordRuns(disk: Disk, nowMs: number, { settings }: GrowthWorld, random: Random): void {
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random.uniform() * 16).toString(16)).join('');
  const upTo = (most: number): number => Math.floor(random.uniform() * most);
  const record = (job: RunRecord['job'], afterMs: number, counts: RunRecord['counts']): void => {
    const startedAtMs = nowMs + afterMs + upTo(120_000);
    appendRun(disk, {
      v: 1,
      run_id: `${job}-${isoFromMs(startedAtMs)}-${hex(8)}`,
      job,
      now: isoFromMs(startedAtMs),
      started_at: isoFromMs(startedAtMs),
      duration_ms: 400 + upTo(4000),
      code_version: VERSION,
      commit: sha256Hex(`commit of ${isoFromMs(nowMs).slice(0, 10)}`).slice(0, 40),
      config_sha256: settings.config_hash,
      counts,
      price_requests: upTo(20),
      schedule: { cron: '13,43 * * * *', expected_at: isoFromMs(nowMs) },
    });
  };
  const [lines, due] = [upTo(5), upTo(12)];
  const none = { flat: 0, duplicates: 0, conflicts: 0, invalid: 0, torn_tails: 0 };
  record('reconcile', 0, { lines, admitted: lines, ...none, due, reconciled: due });
  record('supervise', 130_000, {
    rows: 100_000 + upTo(9000),
    rows_read: upTo(600),
    verdicts: 0,
    cell_lines: upTo(3),
    telemetry_bytes: 9_000_000 + upTo(99_999),
  });
}

/** The same value with other numbers in it, of as many digits; counts stay. */
function otherDigits<T>(value: T, random: Random): T {
  const text = JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'number' || Number.isInteger(each)) return each;
    const digits = Math.max(
      1,
      Math.abs(each)
        .toString()
        .replace(/^0\.0*|\.|e.*$/g, '').length,
    );
    return Number((each * (1 + 0.05 * random.normal())).toPrecision(Math.min(17, digits)));
  });
  const other: T = JSON.parse(text);
  return other;
}
