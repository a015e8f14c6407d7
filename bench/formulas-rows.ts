// The comparison of the notes' formulas of rows and of the model with ours: profit, direction, repeated runs, ridge.

import type { Cell } from '../src/adapters/terminal/table.ts';
import { WardenConfig } from '../src/domain/config.ts';
import { parseAlphaEvent } from '../src/domain/event.ts';
import { HOUR_MS, isoFromMs } from '../src/domain/time.ts';
import { validate } from '../src/domain/validate.ts';
import { grossBps } from '../src/supervision/pnl.ts';
import { trainModel } from '../src/supervision/train.ts';
import type { TrainingRow } from '../src/supervision/training-set.ts';
import type { Section } from './formulas-section.ts';
import { mean, percentOf, rounded } from './formulas-section.ts';
import { notesPnlBps, notesWeights } from './notes-formulas.ts';
import { NORMAL, uniformFrom } from './stats-noise.ts';

const ENTRY = 100;

/** A short at fixed moves of the price. */
export function shorts(): Section {
  const rows = [-50, -20, -5, 5, 20, 50].map((percent) => {
    const exit = ENTRY * (1 + percent / 100);
    const [notes, ours] = [notesPnlBps('SHORT', ENTRY, exit), grossBps('linear', -1, ENTRY, exit)];
    return [`${percent} %`, rounded(notes, 0), ours, rounded(notes - ours, 0)];
  });
  return { title: 'A short, in bps', head: ['price moves', 'notes', 'ours', 'notes − ours'], rows };
}

/** Agents that toss a coin about prices without drift, 60 signals each. */
export function coinFlips(): Section {
  const rows = [200, 400, 600].map((sigmaBps) => {
    const uniform = uniformFrom(1, `formulas/coin/${sigmaBps}`);
    const draw = NORMAL.from(uniform);
    const agents = Array.from({ length: 2_000 }, () => {
      const signals = Array.from({ length: 60 }, () => {
        const exit = ENTRY * (1 + (sigmaBps / 10_000) * draw());
        const isLong = uniform() < 0.5;
        const [direction, side] = isLong ? (['LONG', 1] as const) : (['SHORT', -1] as const);
        return [notesPnlBps(direction, ENTRY, exit), grossBps('linear', side, ENTRY, exit)] as const;
      });
      return [0, 1].map((which) => signals.reduce((sum, signal) => sum + (signal[which] ?? 0), 0));
    });
    const sums = (which: number) => agents.map((each) => each[which] ?? 0);
    const beyond = (which: number) => percentOf(sums(which).filter((sum) => sum > 150).length, agents.length);
    return [sigmaBps, rounded(mean(sums(0)), 0), beyond(0), rounded(mean(sums(1)), 0), beyond(1)];
  });
  return {
    title: 'Sum of 60 signals of a coin, half of them short, in bps; 2,000 agents',
    head: ['sigma bps', 'notes', 'notes > 150 %', 'ours', 'ours > 150 %'],
    rows,
  };
}

/** What a direction is taken for, at a price that falls from 100 to 97. */
export function directions(): Section {
  const rows = ['LONG', 'SHORT', 'long ', 'BUY', 'UP', 'FLAT', 'CLOSE'].map((direction) => {
    const event = parseAlphaEvent(
      { ts: '2026-11-21T10:00:00Z', agent: 'a', symbol: 'BTC/USDT', direction },
      { market: 'spot' },
    );
    const ours = event.ok ? event.value.direction : 'refused';
    const side = ours === 'LONG' ? 1 : -1;
    const isScored = ours === 'LONG' || ours === 'SHORT';
    return [
      `"${direction}"`,
      rounded(notesPnlBps(direction, ENTRY, 97), 0),
      ours,
      isScored ? grossBps('linear', side, ENTRY, 97) : null,
    ];
  });
  return {
    title: 'One signal, the price falls by 3 %, in bps',
    head: ['direction', 'notes', 'ours takes it for', 'ours'],
    rows,
  };
}

/** 100 new signals a day, reconciled every 30 minutes. */
export function repeatedRuns(): Section {
  const rows = [1, 30].map((days) => {
    let [appended, requests] = [0, 0];
    for (let day = 1; day <= days; day += 1)
      for (let run = 0; run < 48; run += 1) {
        appended += 100 * day;
        requests += 2 * 100 * day;
      }
    return [days, 100 * days, appended, requests];
  });
  return {
    title: '100 signals at the start of each day, a run every 30 minutes, by the notes',
    head: ['days', 'signals', 'rows appended', 'prices asked for'],
    rows,
  };
}

function planted(scale: number) {
  const draw = NORMAL.from(uniformFrom(1, 'formulas/scale'));
  const uniform = uniformFrom(1, 'formulas/scale/score');
  return Array.from({ length: 1_000 }, () => {
    const score = uniform();
    return { score: score * scale, realizedBps: 300 * (score - 0.5) + 100 * draw() };
  });
}

/** What a score from its lowest to its highest value is worth, by the unit that the agent writes it in. True: 300 bps. */
export function scales(): Section {
  const rows = [0.01, 0.1, 1, 100].map((scale): readonly Cell[] => {
    const sample = planted(scale);
    const [slope = 0] = notesWeights(
      sample.map(({ score }) => [score]),
      sample.map(({ realizedBps }) => realizedBps),
    );
    const model = trainModel(
      sample.map(({ score, realizedBps }, index) => trainingRow(index, 1, score, realizedBps)),
      { ...options(1, sample.length + 1), config: { ...shippedModel(), features: ['score_final'] } },
    );
    const [ours = 0] = model.ok ? model.model.weights : [];
    return [`0 to ${scale}`, rounded(slope * scale, 0), rounded(100 * ours * scale, 0)];
  });
  const [unseen = 0] = notesWeights(
    planted(1).map(() => [null]),
    planted(1).map(({ realizedBps }) => realizedBps),
  );
  rows.push(['not in the row', rounded(unseen, 0), null]);
  return {
    title: 'What the whole range of a score is worth, 1,000 rows, true: 300 bps',
    head: ['score is written as', 'notes, ridge 5', 'ours'],
    rows,
  };
}

/** A score that says nothing but changes slowly, on labels of a day that begin every hour. */
export function skillOfNoise(): Section {
  const streams = 30;
  const cases = [
    ['independent rows', 1, 1],
    ['labels of 24 h every hour', 24, 1],
    ['the same, a score that changes slowly', 24, 0.02],
  ] as const;
  const rows = cases.map(([name, hours, turn]) => {
    const found = Array.from({ length: streams }, (_, stream) => noiseModel(stream, hours, turn));
    return [
      name,
      rounded(mean(found.map(({ inSample }) => inSample)), 3),
      rounded(mean(found.map(({ future }) => future)), 3),
      100,
      percentOf(found.filter(({ isUsed }) => isUsed).length, streams),
    ];
  });
  return {
    title: `A score without skill, 500 rows, ${streams} streams: share of variance explained, and models in use`,
    head: ['rows', 'notes, in sample', 'notes, next 500', 'notes use %', 'ours uses %'],
    rows,
  };
}

function noiseModel(stream: number, hours: number, turn: number) {
  const draw = NORMAL.from(uniformFrom(stream, `formulas/skill/${hours}/${turn}`));
  const noise = Array.from({ length: 1_000 + hours }, draw);
  const [score, confidence] = [slowly(1_000, turn, draw), slowly(1_000, turn, draw)];
  const y = score.map(
    (_, at) => (100 * noise.slice(at, at + hours).reduce((a, b) => a + b, 0)) / hours ** 0.5,
  );
  const x = score.map((value, at) => [value, confidence[at] ?? 0]);
  const weights = notesWeights(x.slice(0, 500), y.slice(0, 500));
  const rows = y
    .slice(0, 500)
    .map((realizedBps, at) => trainingRow(at, hours, score[at] ?? 0, realizedBps, confidence[at]));
  const model = trainModel(rows, options(hours, 501 + hours));
  return {
    inSample: explained(x.slice(0, 500), y.slice(0, 500), weights),
    future: explained(x.slice(500), y.slice(500), weights),
    isUsed: model.ok && model.model.used,
  };
}

/** A stationary walk of variance 1, of which the share `turn` is new at each step. */
function slowly(count: number, turn: number, draw: () => number): readonly number[] {
  let value = draw();
  return Array.from({ length: count }, () => {
    value = Math.sqrt(1 - turn) * value + Math.sqrt(turn) * draw();
    return value;
  });
}

/** `1 - squared error / squared distance from the mean`. */
function explained(x: readonly (readonly number[])[], y: readonly number[], weights: readonly number[]) {
  const [middle, bias] = [mean(y), weights.at(-1) ?? 0];
  let [error, total] = [0, 0];
  for (const [at, each] of y.entries()) {
    const forecast = (x[at] ?? []).reduce((sum, value, k) => sum + value * (weights[k] ?? 0), bias);
    error += (each - forecast) ** 2;
    total += (each - middle) ** 2;
  }
  return 1 - error / total;
}

function trainingRow(
  hour: number,
  hours: number,
  score: number,
  realizedBps: number,
  confidence = 0,
): TrainingRow {
  return {
    event_id: `e${String(hour).padStart(6, '0')}`,
    horizon_hours: hours,
    direction: 'LONG',
    score_final: score,
    confidence,
    entry_at: isoFromMs(hour * HOUR_MS),
    exit_at: isoFromMs((hour + hours) * HOUR_MS),
    realized_pnl_bps: realizedBps,
    sigma_asof_bps: 100,
    uniqueness: 1 / hours,
  };
}

function options(horizonHours: number, trainedAtHour: number) {
  const trainedAtMs = trainedAtHour * HOUR_MS;
  return { horizonHours, trainedAtMs, codeVersion: '0', config: shippedModel() };
}

function shippedModel(): WardenConfig['model'] {
  const model = validate(WardenConfig.properties.model, { ridge: null });
  if (!model.ok) throw new Error(JSON.stringify(model.error));
  return model.value;
}
