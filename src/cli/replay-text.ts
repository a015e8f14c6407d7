// The summary of a replay for people: what it went through, then the state of the last reconcile and training.

import { type Cell, tableText } from '../adapters/terminal/table.ts';
import type { ReplayReport } from '../jobs/replay.ts';
import type { CellLooks, Diary } from '../supervision/diary.ts';
import { brief } from '../supervision/report-numbers.ts';
import { reconcileText } from './reconcile-text.ts';
import { trainText } from './train-text.ts';

/** Returns the summary of one replay. */
export function replayText(done: ReplayReport): string {
  const { steps, trainings, reconciled, models_saved } = done;
  return [
    `${steps} steps: ${reconciled.toLocaleString('en-US')} rows written, ${trainings} trainings, ${models_saved} model versions saved`,
    '',
    'last reconcile',
    reconcileText(done.last_reconcile),
    '',
    'last training',
    trainText(done.last_train),
    ...(done.diary === null ? [] : ['', diaryText(done.diary)]),
  ].join('\n');
}

/** Returns the diary as JSON. */
export function diaryJson(diary: Diary): Readonly<Record<string, unknown>> {
  return {
    looks: diary.looks,
    alerts: [...diary.alerts.values()],
    verdicts: diary.verdicts,
    agents: Object.fromEntries(diary.agents),
    cells: Object.fromEntries([...diary.cells].map(([name, cells]) => [name, Object.fromEntries(cells)])),
  };
}

function diaryText(diary: Diary): string {
  const verdicts = diary.verdicts.map(({ ts, kind, subject, episode }): Cell[] => [
    minute(ts),
    kind,
    subject,
    episode,
  ]);
  const alerts = [...diary.alerts.values()].map(
    ({ agent, horizon_hours, trigger, since, statistic, limit, ended }): Cell[] => [
      agent,
      `${horizon_hours} h`,
      trigger,
      minute(since),
      brief(statistic),
      brief(limit),
      ended === null ? null : minute(ended),
    ],
  );
  const agents = [...diary.agents].map(([agent, { alert, notes }]): Cell[] => [agent, alert, notes]);
  return [
    `supervised ${diary.looks} times`,
    '',
    section(
      'alerts',
      ['agent', 'horizon', 'trigger', 'since', 'statistic first seen', 'raised at', 'ended'],
      alerts,
    ),
    section('looks with an alert', ['agent', 'ours', 'thresholds of the notes'], agents),
    section(
      'looks by cell, the largest CVaR, and the range of what the notes compute',
      CELL_HEAD,
      cellRows(diary),
    ),
    section('verdicts', ['at', 'kind', 'subject', 'episode'], verdicts),
  ].join('\n');
}

const CELL_HEAD = ['class', 'regime', 'current', 'WATCH', 'KILL', 'sigma', 'bps', 'notes, bps'];

function cellRows(diary: Diary): Cell[][] {
  return [...diary.cells].flatMap(([strategyClass, cells]) =>
    [...cells].map(([regime, looks]): Cell[] => [
      strategyClass,
      regime,
      looks.current,
      looks.watch,
      looks.kill,
      looks.maxCvarSigma === null ? null : Number(looks.maxCvarSigma.toFixed(2)),
      looks.maxCvarBps === null ? null : Math.round(looks.maxCvarBps),
      notesRange(looks),
    ]),
  );
}

function notesRange({ minNotesBps, maxNotesBps }: CellLooks): string | null {
  if (minNotesBps === null || maxNotesBps === null) return null;
  return `${Math.round(minNotesBps)} to ${Math.round(maxNotesBps)}`;
}

function section(title: string, head: readonly string[], rows: readonly Cell[][]): string {
  return rows.length === 0 ? `${title}: none\n` : `${title}\n${tableText({ head, rows })}\n`;
}

function minute(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}
