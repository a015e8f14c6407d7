// The judgement of a cell in words with its numbers: each limit, where the cell stands to it, and what follows.

import type { CvarCell } from '../domain/cvar.ts';
import type { LossUnit } from './loss.ts';
import { brief } from './report-numbers.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** One limit and what is held against it. */
export interface LimitStanding {
  readonly unit: LossUnit;
  readonly limit: number;
  readonly source: 'regime' | 'class' | 'default';
  readonly estimate: number | null;
  /** Lower bound of the 90 % bootstrap interval. */
  readonly lower: number | null;
  readonly n_eff: number;
  readonly n_blocks: number;
  /** Whether there is enough evidence to hold anything against the limit. */
  readonly can_be_judged: boolean;
  /** The figure of the decision rule less the limit: positive is beyond. `null` where either is unknown. */
  readonly beyond_by: number | null;
}

/** Returns how a cell stands to each of its limits; none where none is configured. */
export function limitStandings(cell: CvarCell, rules: SupervisorRules): LimitStanding[] {
  const { threshold } = cell;
  if (threshold === null) return [];
  const { max_cvar_error_bps: maxBps, max_cvar_sigma: maxSigma, source } = threshold;
  const { decision, min_n_eff: minNEff, min_blocks: minBlocks } = rules.cvar;
  const found = [
    {
      unit: 'bps' as const,
      limit: maxBps,
      estimate: cell.cvar95_error_bps,
      lower: cell.ci90?.[0] ?? null,
      n_eff: cell.n_eff,
      n_blocks: cell.n_blocks,
    },
    {
      unit: 'sigma' as const,
      limit: maxSigma,
      estimate: cell.cvar95_sigma,
      lower: cell.ci90_sigma?.[0] ?? null,
      n_eff: cell.n_eff_sigma,
      n_blocks: cell.n_blocks_sigma,
    },
  ];
  return found.flatMap(({ limit, ...each }) => {
    if (limit === null) return [];
    const figure = decision === 'lcb' ? each.lower : each.estimate;
    const enough = each.n_eff >= minNEff && each.n_blocks >= minBlocks && each.estimate !== null;
    return [
      {
        ...each,
        limit,
        source,
        can_be_judged: enough,
        beyond_by: figure === null ? null : Number((figure - limit).toPrecision(6)),
      },
    ];
  });
}

/** Returns why a cell has its status, as sentences with numbers. */
export function statusSentences(cell: CvarCell, rules: SupervisorRules): string[] {
  const standings = limitStandings(cell, rules);
  if (standings.length === 0) return ['No limit is configured for it, so nobody judges: NO_LIMIT.'];
  return [...standings.map((each) => standingSentence(each, rules)), conclusion(cell, rules)];
}

function standingSentence(each: LimitStanding, rules: SupervisorRules): string {
  const { decision, min_n_eff: minNEff, min_blocks: minBlocks } = rules.cvar;
  const { unit, limit, source, estimate, lower } = each;
  const place = { regime: 'of the regime', class: 'of the class', default: 'by default' }[source];
  const opening = `Limit ${brief(limit)} ${unit} (${place}):`;
  if (!each.can_be_judged) {
    return (
      `${opening} ${brief(each.n_eff)} effective rows in ${brief(each.n_blocks)} blocks say too little; ` +
      `${minNEff} in ${minBlocks} are needed.`
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
