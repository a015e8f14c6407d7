// The judgement of a cell in words with its numbers: each limit, where the cell stands to it, and what follows.

import type { CellThreshold, CvarCell } from '../domain/cvar.ts';
import { type MeasuredLimit, measuredLimits } from './judge.ts';
import { brief } from './report-numbers.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** One limit and what is held against it. */
export interface LimitStanding extends Omit<MeasuredLimit, 'deciding'> {
  readonly source: CellThreshold['source'];
  /** The figure of the decision rule less the limit: positive is beyond. `null` where either is unknown. */
  readonly beyond_by: number | null;
}

/** Returns how a cell stands to each of its limits; none where none is configured. */
export function limitStandings(cell: CvarCell, rules: SupervisorRules): LimitStanding[] {
  const { threshold } = cell;
  if (threshold === null) return [];
  return measuredLimits(cell, threshold, rules).map(({ deciding, ...each }) => ({
    ...each,
    source: threshold.source,
    beyond_by: deciding === null ? null : Number((deciding - each.limit).toPrecision(6)),
  }));
}

/** Returns why a cell has its status, as sentences with numbers. */
export function statusSentences(cell: CvarCell, rules: SupervisorRules): string[] {
  const standings = limitStandings(cell, rules);
  if (standings.length === 0) return ['No limit is configured for it, so nobody judges: NO_LIMIT.'];
  return [...standings.map((each) => standingSentence(each, rules)), conclusion(cell, rules)];
}

function standingSentence(each: LimitStanding, rules: SupervisorRules): string {
  const { decision, min_n_eff: minNEff, min_blocks: minSpans } = rules.cvar;
  const { unit, limit, source, estimate, lower } = each;
  const place = { regime: 'of the regime', class: 'of the class', default: 'by default' }[source];
  const opening = `Limit ${brief(limit)} ${unit} (${place}):`;
  if (!each.can_be_judged) {
    return (
      `${opening} ${brief(each.n_eff)} effective rows in ${brief(each.n_blocks)} spans say too little; ` +
      `${minNEff} in ${minSpans} are needed.`
    );
  }
  const side = (figure: number | null): string =>
    figure !== null && figure > limit ? 'beyond it' : 'not beyond it';
  const point = `the estimate ${brief(estimate)} is ${side(estimate)}`;
  if (decision !== 'lcb') return `${opening} ${point}; the estimate decides (decision: point).`;
  const bound =
    lower === null ? 'the lower bound is unknown' : `the lower bound ${brief(lower)} is ${side(lower)}`;
  return `${opening} ${point}, ${bound}; the lower bound decides (decision: lcb).`;
}

function conclusion(cell: CvarCell, rules: SupervisorRules): string {
  const units = cell.breached.join(' and ');
  const current = cell.is_current ? 'the regime is the current one' : 'the regime is not the current one';
  switch (cell.status) {
    case 'KILL':
      return `The limit in ${units} is breached by the rule, and ${current}: KILL.`;
    case 'WATCH':
      return cell.is_current || rules.cvar.decision === 'point'
        ? `Beyond the limit in ${units}, but ${cell.is_current ? 'not by the rule that decides' : current}: WATCH.`
        : `Beyond the limit in ${units}, by the estimate at least, but ${current}: WATCH.`;
    case 'OK':
      return 'Every limit can be judged, and nothing is beyond one: OK.';
    case 'NO_LIMIT':
      return 'No limit is configured: NO_LIMIT.';
    case 'INSUFFICIENT':
      return 'Not every limit can be judged, which is not the same as being fine: INSUFFICIENT.';
  }
}
