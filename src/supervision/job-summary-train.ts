// What a training did, on the page of its run: per horizon the skill out of sample, and why a model is used or not.

import type { Model, ModelPointer } from '../domain/model.ts';
import { counted, REASON_SHOWN_MAX, summarySection } from './job-summary-section.ts';
import { mdCode, mdTable, mdText } from './markdown.ts';
import { cut } from './outside-text.ts';
import { bpsText, countText, fixed, nEffText, percentText, UNKNOWN } from './report-numbers.ts';
import { refusalWords } from './train-refusal.ts';
import { CHART_POINTS_MAX, xychart } from './xychart.ts';

/** What the report of a training holds of one horizon. */
export interface TrainedFacts {
  readonly horizon_hours: number;
  readonly pointer: ModelPointer;
  readonly model: Model | null;
  readonly changed: boolean;
}

/** Returns the section of a training. */
export function trainSummary(horizons: readonly TrainedFacts[]): string {
  const used = horizons.filter(({ pointer }) => pointer.used).length;
  const changed = horizons.filter((each) => each.changed).length;
  return summarySection('Train', [
    `Models changed: ${countText(changed)}. In use: ${countText(used)} of ${counted(horizons.length, 'horizon')}. ` +
      'Where a model is not in use, the expected result is 0 and only the size of errors is taken from it.',
    skillChart(horizons),
    horizons.length === 0 ? null : skillTable(horizons),
  ]);
}

function skillChart(horizons: readonly TrainedFacts[]): string | null {
  const known = horizons.flatMap(({ horizon_hours, model }) => {
    const skill = model?.oos?.r2_vs_zero ?? null;
    return skill === null ? [] : [{ label: `${horizon_hours} h`, skill }];
  });
  const shown = known.slice(0, CHART_POINTS_MAX);
  if (shown.length === 0) return null;
  return xychart({
    title: 'Skill out of sample, R2 against the forecast of zero',
    labels: shown.map(({ label }) => label),
    labelTitle: 'horizon',
    valueTitle: 'R2',
    series: [{ kind: 'bar', name: 'R2', values: shown.map(({ skill }) => skill) }],
  });
}

const HEAD = [
  ...['horizon', 'n', 'n_eff', 'RMSE in, bps', 'RMSE out, bps', 'R2 vs 0', 'rank IC', 'hit rate', 'p'],
  ...['used', 'why', 'model'],
];

function skillTable(horizons: readonly TrainedFacts[]): string {
  return mdTable(HEAD, horizons.map(rowOf), [
    ...HEAD.slice(0, -3).map(() => 'right' as const),
    'left',
    'left',
    'left',
  ]);
}

function rowOf({ horizon_hours, pointer, model, changed }: TrainedFacts): string[] {
  const oos = model?.oos ?? null;
  const id = model === null ? UNKNOWN : mdCode(model.model_id);
  return [
    `${countText(horizon_hours)} h`,
    countText(pointer.n),
    model === null ? UNKNOWN : nEffText(model.n_eff),
    bpsText(model?.rmse_bps ?? null),
    bpsText(oos?.rmse_bps ?? null),
    fixed(oos?.r2_vs_zero ?? null, 4),
    fixed(oos?.rank_ic ?? null, 3),
    percentText(oos?.hit_rate ?? null),
    fixed(model?.gate?.p_value ?? null, 4),
    pointer.used ? 'yes' : 'no',
    mdText(cut(refusalWords(pointer.reason), REASON_SHOWN_MAX)),
    changed ? `${id}, new` : id,
  ];
}
