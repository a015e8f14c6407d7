// Episodes that change after they began: a breach that grows, one whose rows are gone, a recovery per regime, and a relapse.

import { describe, expect, it } from 'vitest';
import type { CvarCell } from '../../src/domain/cvar.ts';
import { validate } from '../../src/domain/validate.ts';
import { Verdict } from '../../src/domain/verdict.ts';
import type { DecisionFacts } from '../../src/supervision/decision-facts.ts';
import { decideVerdicts } from '../../src/supervision/verdicts.ts';
import { AT, aCell } from '../domain/record-builders.ts';
import { cellsOf, disabled, factsOf, healthy, kinds, logged, macro, ok } from './verdict-facts.ts';

const killList = { macro: disabled };
const elsewhere = { ...ok, is_current: false };

/** A tail in sigma, with an interval of half a sigma around it. */
function tail(sigma: number): Partial<CvarCell> {
  return { cvar95_sigma: sigma, ci90_sigma: [sigma - 0.5, sigma + 0.5] };
}

/** The log after looks at one set of facts after the other, each with what was said before. */
function logAfter(...looks: DecisionFacts[]): Verdict[] {
  const past: Verdict[] = [];
  for (const facts of looks) past.push(...logged(decideVerdicts({ ...facts, past: [...past] })));
  return past;
}

describe('an open episode', () => {
  it('is told again where the breach is much worse than was said last, each time once', () => {
    const past = logAfter(macro({ TREND: tail(10) }));
    const worse = macro({ TREND: tail(50) }, { past });
    const worst = macro({ TREND: tail(90) }, { past: logAfter(macro({ TREND: tail(10) }), worse) });

    expect(kinds(decideVerdicts(worse))).toEqual(['DISABLE macro/1']);
    expect(kinds(decideVerdicts(worst))).toEqual(['DISABLE macro/1']);
    expect(decideVerdicts({ ...worst, past: logAfter(macro({ TREND: tail(10) }), worse, worst) })).toEqual(
      [],
    );
  });

  it('asks for the lower bound beyond one and a half times the estimate', () => {
    const past = logAfter(macro({ TREND: tail(10) }));

    expect(decideVerdicts(macro({ TREND: tail(15.5) }, { past }))).toEqual([]);
    expect(decideVerdicts(macro({ TREND: tail(15.6) }, { past }))).toHaveLength(1);
    expect(decideVerdicts(macro({ TREND: { ...tail(50), ci90_sigma: null } }, { past }))).toEqual([]);
  });

  it('compares in the unit of a limit that is breached, with what was said of the same regime', () => {
    const inBps: Partial<CvarCell> = { breached: ['bps'], cvar95_error_bps: 1000, ci90: [900, 1100] };
    const past = logAfter(macro({ TREND: { ...inBps, ...tail(1) } }));
    const sigmaOnly = { ...inBps, ...tail(50) };
    const bps: Partial<CvarCell> = { ...inBps, cvar95_error_bps: 1700, ci90: [1600, 1800] };
    const both = logAfter(
      macro({ TREND: tail(5) }),
      macro({ TREND: { status: 'WATCH', is_current: false }, RANGE: tail(50) }),
    );

    expect(decideVerdicts(macro({ TREND: sigmaOnly }, { past }))).toEqual([]);
    expect(decideVerdicts(macro({ TREND: bps }, { past }))).toHaveLength(1);
    expect(decideVerdicts(macro({ TREND: tail(20) }, { past: both }))).toMatchObject([
      { kind: 'DISABLE', evidence: { regime: 'TREND' } },
    ]);
  });
});

describe('an open episode whose rows are gone', () => {
  const past = logAfter(macro({ TREND: {} }));
  const LATER = '2027-05-30T00:00:00.000Z';
  const thin: Partial<CvarCell> = {
    status: 'INSUFFICIENT',
    breached: [],
    n_eff: 12,
    n_eff_sigma: 12,
    window_from: '2026-11-21T10:00:00.001Z',
    window_to: LATER,
  };

  function later(cells: Record<string, Partial<CvarCell>>, log = past): DecisionFacts {
    return factsOf({ cells: new Map([['macro', cellsOf(cells, LATER)]]), past: log });
  }

  it('is over, and the next breach is a new one', () => {
    const drafts = decideVerdicts(later({ TREND: thin }));
    const log = [...past, ...logged(drafts)];

    expect(drafts).toMatchObject([
      {
        kind: 'REENABLE',
        episode: 'macro/1',
        evidence: { fresh_n_eff: null, recovered_from: {}, cell: thin },
      },
    ]);
    expect(decideVerdicts(later({ TREND: thin }, log))).toEqual([]);
    expect(kinds(decideVerdicts(macro({ TREND: {} }, { past: log })))).toEqual(['DISABLE macro/2']);
  });

  it('goes on as long as one row is left on which the proposal rests', () => {
    expect(decideVerdicts(later({ TREND: { ...thin, window_from: AT } }))).toEqual([]);
    expect(decideVerdicts(later({ TREND: { ...thin, window_from: null } }))).toEqual([]);
  });

  it('goes on where the new rows breach as well, whatever regime is the current one', () => {
    const renewed = { window_from: '2026-12-01T00:00:00.000Z', window_to: LATER };
    const notCurrent = { ...renewed, status: 'WATCH' as const, is_current: false };

    expect(decideVerdicts(later({ TREND: renewed }))).toEqual([]);
    expect(decideVerdicts(later({ TREND: notCurrent, RANGE: ok }))).toEqual([]);
  });

  it('is over where the cell is gone and the class has newer rows, on the evidence of its DISABLE', () => {
    const [draft, ...more] = decideVerdicts(later({ RANGE: ok }));

    expect(more).toEqual([]);
    expect(draft).toMatchObject({
      kind: 'REENABLE',
      ts: LATER,
      evidence: { regime: 'TREND', cell: aCell() },
    });
    expect(validate(Verdict, logged(draft === undefined ? [] : [draft])[0]).ok).toBe(true);
    expect(decideVerdicts(macro({ RANGE: ok }, { past }))).toEqual([]);
  });

  it('is not over while another regime that breached is not', () => {
    const log = logAfter(
      macro({ TREND: {} }),
      macro({ TREND: { status: 'WATCH', is_current: false }, RANGE: {} }),
    );
    const watched = { status: 'WATCH' as const, is_current: false };

    expect(decideVerdicts(later({ TREND: watched, RANGE: thin }, log))).toEqual([]);
    expect(kinds(decideVerdicts(later({ TREND: elsewhere, RANGE: thin }, log)))).toEqual([
      'REENABLE macro/1',
    ]);
  });

  it('of a disabled class stays: what is unknown is no recovery', () => {
    expect(decideVerdicts({ ...later({ RANGE: ok }), killList })).toEqual([]);
    expect(decideVerdicts({ ...later({ TREND: thin }), killList })).toEqual([]);
  });
});

describe('a recovery', () => {
  const inRange = '2026-11-10T00:00:00.000Z';
  const inTrend = '2026-10-20T00:00:00.000Z';
  const recovered = {
    RANGE: { ...healthy, recent: { ...aCell(healthy).recent, from: inRange } },
    TREND: { ...healthy, is_current: false },
  };
  const breached = logAfter(
    macro({ RANGE: {}, TREND: elsewhere }),
    macro({ RANGE: { status: 'WATCH', is_current: false }, TREND: {} }),
  );
  const said = decideVerdicts(macro(recovered, { killList, past: breached }));
  const past = [...breached, ...logged(said)];

  it('sets the rows of each regime aside by its own newest rows', () => {
    expect(said).toMatchObject([
      { kind: 'REENABLE', evidence: { regime: 'TREND', recovered_from: { RANGE: inRange, TREND: inTrend } } },
    ]);
    expect(validate(Verdict, past.at(-1)).ok).toBe(true);

    // The window still holds the rows before 10 November, for which the class was stopped.
    const stillHeavy = {
      ...recovered.RANGE,
      status: 'KILL' as const,
      window_from: '2026-10-25T00:00:00.000Z',
    };
    const heavy: Partial<CvarCell> = { ...stillHeavy, breached: ['sigma'] };
    expect(decideVerdicts(macro({ RANGE: heavy, TREND: elsewhere }, { past }))).toEqual([]);
    const anew = { ...heavy, recent: { ...aCell(heavy).recent, cvar95_sigma: 6 } };
    expect(kinds(decideVerdicts(macro({ RANGE: anew, TREND: elsewhere }, { past })))).toEqual([
      'DISABLE macro/2',
    ]);
  });

  it('counts by the newest one of a regime', () => {
    const from = '2027-02-01T00:00:00.000Z';
    const laterOn = { ...healthy, recent: { ...aCell(healthy).recent, from } };
    const second = { macro: { ...disabled, episode: 'macro/2' } };
    const log = [...past, ...logged(decideVerdicts(macro({ RANGE: elsewhere, TREND: {} }, { past })))];
    log.push(...logged(decideVerdicts(macro({ TREND: laterOn }, { killList: second, past: log }))));
    const between = { recent: aCell(laterOn).recent, window_from: '2026-12-01T00:00:00.000Z' };

    expect(kinds(log)).toEqual([
      'DISABLE macro/1',
      'DISABLE macro/1',
      'REENABLE macro/1',
      'DISABLE macro/2',
      'REENABLE macro/2',
    ]);
    expect(decideVerdicts(macro({ TREND: between }, { past: log }))).toEqual([]);
  });

  it('sets nothing aside in a regime that had not breached', () => {
    const other = { HIGH_VOL: { recent: aCell(healthy).recent }, TREND: elsewhere };

    expect(kinds(decideVerdicts(macro(other, { past })))).toEqual(['DISABLE macro/2']);
  });

  it('that only withdrew a proposal sets nothing aside', () => {
    const withdrawn = logAfter(macro({ TREND: {} }), macro({ TREND: ok }));
    const { recent } = aCell(healthy);

    expect(withdrawn.at(-1)).toMatchObject({ kind: 'REENABLE', evidence: { recovered_from: {} } });
    expect(kinds(decideVerdicts(macro({ TREND: { recent } }, { past: withdrawn })))).toEqual([
      'DISABLE macro/2',
    ]);
  });
});

describe('the reason of a verdict', () => {
  function reasons(log: readonly Verdict[]): string[] {
    return log.map((verdict) => ('reason' in verdict.evidence ? verdict.evidence.reason : ''));
  }

  it('tells a first breach, one that grew and a proposal withdrawn', () => {
    const log = logAfter(macro({ TREND: tail(10) }), macro({ TREND: tail(50) }), macro({ TREND: ok }));

    expect(reasons(log)).toEqual(['breach', 'grown', 'withdrawn']);
  });

  it('tells a recovery and a relapse', () => {
    const stopped = [macro({ TREND: healthy }, { killList }), macro({ TREND: {} }, { killList })];

    expect(reasons(logAfter(macro({ TREND: {} }), ...stopped))).toEqual(['breach', 'recovered', 'relapse']);
  });

  it('keeps a recovery from before a person disabled the class again from counting', () => {
    const since = '2026-11-25T00:00:00.000Z';
    const log = logAfter(macro({ TREND: {} }), macro({ TREND: healthy }, { killList }));
    const again = { macro: { ...disabled, since } };
    const recent = { ...aCell(healthy).recent, from: '2026-12-01T00:00:00.000Z' };
    const cells = new Map([
      ['macro', cellsOf({ TREND: { ...healthy, recent } }, '2027-01-20T00:00:00.000Z')],
    ]);

    expect(decideVerdicts(macro({ TREND: {} }, { killList: again, past: log }))).toEqual([]);
    expect(kinds(decideVerdicts(factsOf({ cells, killList: again, past: log })))).toEqual([
      'REENABLE macro/1',
    ]);
  });
});

describe('a disabled class that relapses before anybody let it in again', () => {
  const proposed = logAfter(macro({ TREND: {} }));
  const past = [
    ...proposed,
    ...logged(decideVerdicts(macro({ TREND: healthy }, { killList, past: proposed }))),
  ];
  const relapse = macro({ TREND: {} }, { killList, past });

  it('has its recovery taken back in the same episode, once, and said again when it recovers again', () => {
    const drafts = decideVerdicts(relapse);
    const taken = [...past, ...logged(drafts)];
    const again = decideVerdicts(macro({ TREND: { ...healthy, n: 400 } }, { killList, past: taken }));

    expect(drafts).toMatchObject([
      { kind: 'DISABLE', episode: 'macro/1', evidence: { fresh_n_eff: null, recovered_from: {} } },
    ]);
    expect(decideVerdicts({ ...relapse, past: taken })).toEqual([]);
    expect(kinds(again)).toEqual(['REENABLE macro/1']);
    expect(kinds(decideVerdicts({ ...relapse, past: [...taken, ...logged(again)] }))).toEqual([
      'DISABLE macro/1',
    ]);
  });

  it('needs a KILL, and the newest rows alone beyond the limit or unknown', () => {
    const { recent } = aCell();
    const within = { recent: { ...recent, cvar95_sigma: 3.9 } };
    const unknown = { recent: { ...recent, cvar95_sigma: null } };

    expect(decideVerdicts(macro({ TREND: within }, { killList, past }))).toEqual([]);
    expect(decideVerdicts(macro({ TREND: { status: 'WATCH' } }, { killList, past }))).toEqual([]);
    expect(kinds(decideVerdicts(macro({ TREND: unknown }, { killList, past })))).toEqual(['DISABLE macro/1']);
  });

  it('does not relapse in a regime in which it had not breached', () => {
    expect(decideVerdicts(macro({ TREND: elsewhere, RANGE: {} }, { killList, past }))).toEqual([]);
  });

  it('breaches anew, once, where it is let in all the same', () => {
    const taken = [...past, ...logged(decideVerdicts(relapse))];
    const letIn = macro({ TREND: {} }, { past: taken });
    const drafts = decideVerdicts(letIn);

    expect(drafts).toMatchObject([
      { kind: 'DISABLE', episode: 'macro/2', evidence: { reason: 'breach', regime: 'TREND' } },
    ]);
    expect(decideVerdicts({ ...letIn, past: [...taken, ...logged(drafts)] })).toEqual([]);
    const { recent } = aCell(healthy);
    expect(kinds(decideVerdicts(macro({ TREND: { recent } }, { past: taken })))).toEqual(['DISABLE macro/2']);
    expect(kinds(decideVerdicts(macro({ TREND: ok }, { past: taken })))).toEqual(['REENABLE macro/1']);
  });

  it('relapses also where a person disabled it without a verdict', () => {
    const byHand = { macro: { ...disabled, episode: 'macro/7' } };
    const log = logged(decideVerdicts(macro({ TREND: healthy }, { killList: byHand })));

    expect(kinds(decideVerdicts(macro({ TREND: {} }, { killList: byHand, past: log })))).toEqual([
      'DISABLE macro/7',
    ]);
  });
});
