// What the supervisor found in the demo: standings read back from its newest report, decisions from its log, alerts from the
// diary that was kept.

import { loadMetaReport } from '../adapters/state/supervisor-files.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import { assert } from '../domain/assert.ts';
import type { DivergenceTrigger } from '../domain/divergence.ts';
import { roundTo } from '../domain/rounding.ts';
import type { AgentReport, Stage } from '../domain/supervisor.ts';
import { DAY_MS, msFromIso } from '../domain/time.ts';
import type { VerdictKind } from '../domain/verdict.ts';
import type { Disk } from '../ports.ts';
import type { Diary } from '../supervision/diary.ts';

export interface SupervisedAgent {
  readonly agent: string;
  readonly strategy_class: string;
  readonly stage: Stage;
  readonly base_weight: number;
  readonly multiplier: number;
  readonly divergence_factor: number;
  /** Share of capital; 0 for a shadow. */
  readonly weight: number;
  /** Looks at which a trigger was in ALERT. */
  readonly alert_looks: number;
  /** Looks at which the plain thresholds of the notes would have alerted. */
  readonly notes_looks: number;
}

export interface DemoAlert {
  readonly agent: string;
  readonly strategy_class: string;
  readonly horizon_hours: number;
  readonly trigger: DivergenceTrigger;
  /** Exit of the signal with which it began. */
  readonly since: string;
  /** From the break to `since`; negative before the break. */
  readonly days_after_break: number;
  readonly ended: string | null;
}

export interface DemoVerdict {
  readonly ts: string;
  /** From the break to `ts`; negative before the break. */
  readonly days_after_break: number;
  readonly kind: VerdictKind;
  readonly subject: string;
  readonly episode: string;
}

export interface SupervisionSummary {
  readonly looks: number;
  /** By class, then name. */
  readonly agents: readonly SupervisedAgent[];
  /** By when they began. */
  readonly alerts: readonly DemoAlert[];
  /** Oldest first. */
  readonly verdicts: readonly DemoVerdict[];
}

/** Returns what was found in the state folder `disk`, over the looks of `diary`. */
export function supervisionOf(disk: Disk, diary: Diary, breakMs: number): SupervisionSummary {
  const loaded = loadMetaReport(disk);
  assert(loaded.ok, 'the newest look left a report that can be read');
  const agents = Object.entries(loaded.value?.agents ?? {}).map(([agent, report]) =>
    standingOf(agent, report, diary),
  );
  const place = (each: SupervisedAgent): string => `${each.strategy_class} ${each.agent}`;
  const classes = new Map(agents.map(({ agent, strategy_class }) => [agent, strategy_class]));
  const daysAfterBreak = (instant: string): number => roundTo((msFromIso(instant) - breakMs) / DAY_MS, 1);
  const alerts = [...diary.alerts.values()].map(({ agent, horizon_hours, trigger, since, ended }) => {
    const strategyClass = classes.get(agent) ?? 'unknown';
    const days = daysAfterBreak(since);
    return {
      agent,
      strategy_class: strategyClass,
      horizon_hours,
      trigger,
      since,
      days_after_break: days,
      ended,
    };
  });
  return {
    looks: diary.looks,
    agents: agents.sort((a, b) => (place(a) < place(b) ? -1 : 1)),
    alerts: alerts.sort((a, b) => msFromIso(a.since) - msFromIso(b.since)),
    verdicts: readVerdicts(disk).map(({ ts, kind, subject, episode }) => ({
      ...{ ts, kind, subject, episode },
      days_after_break: daysAfterBreak(ts),
    })),
  };
}

function standingOf(agent: string, report: AgentReport, diary: Diary): SupervisedAgent {
  const { strategy_class, multiplier, allocation, promotion } = report;
  const looks = diary.agents.get(agent);
  return {
    agent,
    strategy_class,
    stage: promotion.stage,
    base_weight: allocation.base,
    multiplier,
    divergence_factor: allocation.divergence_factor,
    weight: allocation.weight,
    alert_looks: looks?.alert ?? 0,
    notes_looks: looks?.notes ?? 0,
  };
}
