// Verdicts: said once, in episodes that hold together, and never on what is unknown.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CvarCell } from '../../src/domain/cvar.ts';
import type { AgentPromotion } from '../../src/domain/supervisor.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { Verdict } from '../../src/domain/verdict.ts';
import type { DecisionFacts } from '../../src/supervision/decision-facts.ts';
import { episodeNumber, verdictsOnClass } from '../../src/supervision/episodes.ts';
import { decideVerdicts } from '../../src/supervision/verdicts.ts';
import { AT, aCell, anAlert, aPromotion } from '../domain/record-builders.ts';
import { cellsOf, disabled, factsOf, healthy, kinds, logged, macro, ok } from './verdict-facts.ts';

const breach = macro({ TREND: {} });
const proposed = logged(decideVerdicts(breach));

describe('a class that is enabled', () => {
  it('is proposed to be stopped where the cell of its current regime says KILL', () => {
    expect(proposed).toMatchObject([
      {
        kind: 'DISABLE',
        episode: 'macro/1',
        ts: AT,
        evidence: {
          regime: 'TREND',
          horizon_hours: 24,
          decision: 'lcb',
          model_ids: ['m'],
          fresh_n_eff: null,
        },
      },
    ]);
    expect(validate(Verdict, proposed[0]).ok).toBe(true);
  });

  it.each(['OK', 'WATCH', 'INSUFFICIENT', 'NO_LIMIT'] as const)('is left alone on %s', (status) => {
    expect(decideVerdicts(macro({ TREND: { status } }))).toEqual([]);
  });

  it('is left alone on KILL in a regime that is not current', () => {
    expect(decideVerdicts(macro({ TREND: { is_current: false }, RANGE: ok }))).toEqual([]);
  });

  it('is judged also where its name is one that every object has', () => {
    const cells = new Map([['constructor', cellsOf({ TREND: {} })]]);
    expect(kinds(decideVerdicts(factsOf({ cells })))).toEqual(['DISABLE constructor/1']);
  });

  it('is not proposed again while the breach merely goes on', () => {
    const worse = macro({ TREND: { cvar95_sigma: 9 } }, { past: proposed });
    expect(decideVerdicts(worse)).toEqual([]);
  });

  it('is proposed again, in the same episode, where another limit or regime is breached', () => {
    const bps = macro({ TREND: { breached: ['bps', 'sigma'] } }, { past: proposed });
    const range = macro({ TREND: { status: 'WATCH', is_current: false }, RANGE: {} }, { past: proposed });

    expect(kinds(decideVerdicts(bps))).toEqual(['DISABLE macro/1']);
    expect(decideVerdicts(range)).toMatchObject([{ kind: 'DISABLE', evidence: { regime: 'RANGE' } }]);
    expect(kinds(decideVerdicts(range))).toEqual(['DISABLE macro/1']);
  });

  it('has its proposal withdrawn once every cell that breached is OK', () => {
    const drafts = decideVerdicts(macro({ TREND: ok }, { past: proposed }));

    expect(drafts).toMatchObject([{ kind: 'REENABLE', episode: 'macro/1', evidence: { fresh_n_eff: null } }]);
    const past = [...proposed, ...logged(drafts)];
    expect(decideVerdicts(macro({ TREND: ok }, { past }))).toEqual([]);
    expect(kinds(decideVerdicts(macro({ TREND: {} }, { past })))).toEqual(['DISABLE macro/2']);
  });

  it.each([
    ['is WATCH', { TREND: { status: 'WATCH' } }],
    ['has too few rows', { TREND: { status: 'INSUFFICIENT' } }],
    ['is gone', {}],
    [
      'is not OK while the current regime is another',
      { TREND: { status: 'WATCH', is_current: false }, RANGE: ok },
    ],
  ] as const)('keeps its proposal while the cell that breached %s', (_case, cells) => {
    expect(decideVerdicts(macro(cells, { past: proposed }))).toEqual([]);
  });

  it('keeps its proposal until both cells that breached are OK', () => {
    const second = macro({ TREND: { status: 'WATCH', is_current: false }, RANGE: {} }, { past: proposed });
    const past = [...proposed, ...logged(decideVerdicts(second))];

    expect(
      decideVerdicts(macro({ TREND: { status: 'WATCH', is_current: false }, RANGE: ok }, { past })),
    ).toEqual([]);
    expect(decideVerdicts(macro({ TREND: { ...ok, is_current: false }, RANGE: ok }, { past }))).toMatchObject(
      [{ kind: 'REENABLE', evidence: { regime: 'RANGE' } }],
    );
  });
});

describe('a class that is disabled', () => {
  const killList = { macro: disabled };

  it('is never proposed to be stopped', () => {
    expect(decideVerdicts(macro({ TREND: {} }, { killList }))).toEqual([]);
    expect(decideVerdicts(macro({ TREND: {} }, { killList, past: proposed }))).toEqual([]);
  });

  it('is proposed to be let in again, once, where it recovered', () => {
    const drafts = decideVerdicts(macro({ TREND: healthy }, { killList, past: proposed }));

    expect(drafts).toMatchObject([{ kind: 'REENABLE', episode: 'macro/1', evidence: { fresh_n_eff: 61 } }]);
    const past = [...proposed, ...logged(drafts)];
    expect(decideVerdicts(macro({ TREND: { ...healthy, n: 301 } }, { killList, past }))).toEqual([]);
  });

  it('is not stopped again for the rows that its recovery set aside', () => {
    const past = [
      ...proposed,
      ...logged(decideVerdicts(macro({ TREND: healthy }, { killList, past: proposed }))),
    ];
    const { recent } = aCell(healthy);
    const worse = { ...recent, from: '2026-11-01T00:00:00.000Z', cvar95_sigma: 4.1 };

    expect(decideVerdicts(macro({ TREND: { recent } }, { past }))).toEqual([]);
    expect(kinds(decideVerdicts(macro({ TREND: { recent: worse } }, { past })))).toEqual(['DISABLE macro/2']);
    // The oldest row in it was entered 24 h before it ended.
    const later = { recent, window_from: '2026-10-21T00:00:00.000Z' };
    expect(kinds(decideVerdicts(macro({ TREND: later }, { past })))).toEqual(['DISABLE macro/2']);
  });

  it.each([
    ['old rows', { ...healthy, recent: { ...aCell(healthy).recent, from: '2026-09-30T00:00:00.000Z' } }],
    ['few rows', { ...healthy, recent: { ...aCell(healthy).recent, n_eff: 59 } }],
    ['a tail near the limit', { ...healthy, recent: { ...aCell(healthy).recent, cvar95_sigma: 3.3 } }],
    ['an unknown tail', { ...healthy, recent: { ...aCell(healthy).recent, cvar95_sigma: null } }],
  ])('stays out with %s', (_case, cell) => {
    expect(decideVerdicts(macro({ TREND: cell }, { killList, past: proposed }))).toEqual([]);
  });

  it('must recover where it breached, whatever the current regime', () => {
    const elsewhere = { TREND: { status: 'WATCH', is_current: false }, RANGE: healthy } as const;
    const there = { TREND: { ...healthy, is_current: false }, RANGE: { status: 'WATCH' } } as const;

    expect(decideVerdicts(macro(elsewhere, { killList, past: proposed }))).toEqual([]);
    expect(kinds(decideVerdicts(macro(there, { killList, past: proposed })))).toEqual(['REENABLE macro/1']);
  });

  it('is judged by its current regime where a person disabled it without a verdict', () => {
    const byHand = { macro: { ...disabled, episode: 'macro/7' } };
    const current = { TREND: { status: 'WATCH', is_current: false }, RANGE: healthy } as const;
    const drafts = decideVerdicts(macro(current, { killList: byHand }));

    expect(drafts).toMatchObject([{ kind: 'REENABLE', episode: 'macro/7', evidence: { regime: 'RANGE' } }]);
    expect(kinds(decideVerdicts(macro({ TREND: {} }, { past: logged(drafts) })))).toEqual([
      'DISABLE macro/8',
    ]);
  });

  it('recovers by its own rule where a proposal was merged after it had been withdrawn', () => {
    const past = [...proposed, ...logged(decideVerdicts(macro({ TREND: ok }, { past: proposed })))];

    expect(kinds(decideVerdicts(macro({ TREND: healthy }, { killList, past })))).toEqual([
      'REENABLE macro/1',
    ]);
  });
});

describe('an agent', () => {
  const eligible = { momo: aPromotion({ eligible: true }) };
  const newestExits = new Map([['momo', AT]]);
  const live = { momo: aPromotion({ stage: 'live' }) };
  const lasting = anAlert({ agent: 'momo', since: '2026-11-18T10:00:00.000Z' });

  it('is promoted where it is an eligible shadow, and again only after a while', () => {
    const drafts = decideVerdicts(factsOf({ promotion: eligible, newestExits }));
    const past = logged(drafts);
    const soon = new Map([['momo', isoFromMs(msFromIso(AT) + 29 * DAY_MS)]]);
    const late = new Map([['momo', isoFromMs(msFromIso(AT) + 30 * DAY_MS)]]);

    expect(kinds(drafts)).toEqual(['PROMOTE momo/1']);
    expect(validate(Verdict, past[0]).ok).toBe(true);
    expect(decideVerdicts(factsOf({ promotion: eligible, newestExits: soon, past }))).toEqual([]);
    expect(kinds(decideVerdicts(factsOf({ promotion: eligible, newestExits: late, past })))).toEqual([
      'PROMOTE momo/2',
    ]);
  });

  it('is not promoted where it is not eligible, is live, or has no rows', () => {
    expect(decideVerdicts(factsOf({ promotion: { momo: aPromotion() }, newestExits }))).toEqual([]);
    expect(decideVerdicts(factsOf({ promotion: eligible }))).toEqual([]);
    const liveToo = { momo: aPromotion({ stage: 'live', eligible: true }) };
    expect(decideVerdicts(factsOf({ promotion: liveToo, newestExits }))).toEqual([]);
  });

  it('is demoted where it is live and an alert lasts, once per alert', () => {
    const other = anAlert({ agent: 'momo', trigger: 'hit', since: AT });
    const drafts = decideVerdicts(factsOf({ promotion: live, alerts: [other, lasting] }));
    const past = logged(drafts);

    expect(drafts).toMatchObject([
      {
        kind: 'DEMOTE',
        episode: 'momo/1',
        evidence: { alerts: [other, lasting], alert_since: lasting.since },
      },
    ]);
    expect(validate(Verdict, past[0]).ok).toBe(true);
    const nextDay = { ts: '2026-11-25T10:00:00.000Z' };
    const goesOn = [
      { ...other, ...nextDay },
      { ...lasting, ...nextDay },
    ];
    expect(decideVerdicts(factsOf({ promotion: live, alerts: goesOn, past }))).toEqual([]);
    expect(decideVerdicts(factsOf({ promotion: live, alerts: [{ ...other, ...nextDay }], past }))).toEqual(
      [],
    );
    const late = { ...lasting, ...nextDay, since: '2026-11-18T22:00:00.000Z' };
    expect(decideVerdicts(factsOf({ promotion: live, alerts: [late], past }))).toEqual([]);
    // 40 signals to end one alert and 30 to raise the next, of 4 h each: farther apart than half of that.
    const fresh = { ...lasting, since: '2026-11-24T06:00:00.000Z', ts: '2026-11-28T10:00:00.000Z' };
    expect(kinds(decideVerdicts(factsOf({ promotion: live, alerts: [fresh], past })))).toEqual([
      'DEMOTE momo/2',
    ]);
  });

  it.each([
    ['a young alert', anAlert({ agent: 'momo', since: '2026-11-18T10:00:00.001Z' })],
    ['a warning', { ...lasting, state: 'WARN' as const }],
    ['an alert of unknown age', { ...lasting, since: null }],
    ['an alert of another agent', { ...lasting, agent: 'other' }],
  ])('is not demoted on %s', (_case, alert) => {
    expect(decideVerdicts(factsOf({ promotion: live, alerts: [alert] }))).toEqual([]);
  });

  it('is promoted again after it was demoted', () => {
    const first = logged(decideVerdicts(factsOf({ promotion: eligible, newestExits })));
    const demoted = logged(decideVerdicts(factsOf({ promotion: live, alerts: [lasting], past: first })));
    const past = [...first, ...demoted];

    expect(kinds(decideVerdicts(factsOf({ promotion: eligible, newestExits, past })))).toEqual([
      'PROMOTE momo/3',
    ]);
  });

  it('has episodes of its own where a class bears its name', () => {
    const cells = new Map([['momo', cellsOf({ TREND: {} })]]);
    const drafts = decideVerdicts(factsOf({ cells, promotion: eligible, newestExits }));
    const again = factsOf({ cells, promotion: eligible, newestExits, past: logged(drafts) });

    expect(kinds(drafts)).toEqual(['DISABLE momo/1', 'PROMOTE momo/1']);
    expect(decideVerdicts(again)).toEqual([]);
  });
});

describe('whatever happens', () => {
  const cell = fc.record({
    status: fc.constantFrom('OK' as const, 'WATCH' as const, 'KILL' as const, 'INSUFFICIENT' as const),
    breached: fc.constantFrom<('bps' | 'sigma')[]>(['sigma'], ['bps'], ['bps', 'sigma']),
    isHealthy: fc.boolean(),
    sigma: fc.constantFrom(5, 9, 20),
    hasLeft: fc.boolean(),
  });
  const look = fc.record({
    TREND: fc.option(cell),
    RANGE: fc.option(cell),
    current: fc.constantFrom('TREND', 'RANGE'),
    kill: fc.constantFrom('ENABLED', 'ENABLED', 'as proposed', 'by hand'),
    stage: fc.constantFrom('shadow' as const, 'live' as const),
    eligible: fc.boolean(),
    alertDays: fc.option(fc.integer({ min: 0, max: 6 })),
  });
  type Look = typeof look extends fc.Arbitrary<infer T> ? T : never;

  function factsAt(found: Look, day: number, past: readonly Verdict[]): DecisionFacts {
    const now = isoFromMs(msFromIso(AT) + day * DAY_MS);
    const cells: Record<string, Partial<CvarCell>> = {};
    for (const regime of ['TREND', 'RANGE'] as const) {
      const drawn = found[regime];
      if (drawn === null) continue;
      const { status, breached, isHealthy, sigma, hasLeft } = drawn;
      const is_current = regime === found.current;
      cells[regime] = {
        ...(isHealthy ? { recent: aCell(healthy).recent } : {}),
        ...(hasLeft ? { window_from: now } : {}),
        window_to: now,
        cvar95_sigma: sigma,
        ci90_sigma: [sigma - 0.8, sigma + 0.8],
        status,
        breached,
        is_current,
      };
      if (status === 'KILL' && !is_current) cells[regime] = { ...cells[regime], status: 'WATCH' };
    }
    const last = past.findLast(({ kind }) => kind === 'DISABLE')?.episode ?? 'both/1';
    const episode = found.kill === 'by hand' ? 'both/9' : last;
    const killList = found.kill === 'ENABLED' ? {} : { both: { ...disabled, episode } };
    const promotion: AgentPromotion = aPromotion({ stage: found.stage, eligible: found.eligible });
    const since = isoFromMs(msFromIso(now) - (found.alertDays ?? 0) * DAY_MS);
    return factsOf({
      cells: new Map([['both', cellsOf(cells, now)]]),
      killList,
      promotion: { both: promotion },
      newestExits: new Map([['both', now]]),
      alerts: found.alertDays === null ? [] : [anAlert({ agent: 'both', ts: now, since })],
      past,
    });
  }

  it('episodes hold together, and the same facts call for nothing twice', () => {
    fc.assert(
      fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
        const past: Verdict[] = [];
        let open: string | null = null;
        let highest = 0;
        looks.forEach((found, day) => {
          const facts = factsAt(found, day, [...past]);
          const drafts = decideVerdicts(facts);
          for (const { kind, episode } of drafts) {
            const entry = facts.killList['both'];
            if (kind === 'DISABLE' && entry?.status === 'DISABLED') {
              expect(episode).toBe(entry.episode);
              const ofEpisode = verdictsOnClass(past, 'both').filter((each) => each.episode === episode);
              expect(ofEpisode.at(-1)?.kind).toBe('REENABLE');
              open = episode;
            } else if (kind === 'DISABLE') {
              const newest = verdictsOnClass(past, 'both').at(-1);
              if (open === null || newest?.evidence.reason === 'relapse')
                expect(episodeNumber(episode)).toBeGreaterThan(highest);
              else expect(episode).toBe(open);
              open = episode;
            }
            if (kind === 'REENABLE') {
              expect(episode).toBe(entry?.status === 'DISABLED' ? entry.episode : open);
              open = null;
            }
            if (kind === 'DISABLE' || kind === 'REENABLE')
              highest = Math.max(highest, episodeNumber(episode));
          }
          past.push(...logged(drafts));
          expect(decideVerdicts({ ...facts, past })).toEqual([]);
          expect(new Set(past.map(({ verdict_id }) => verdict_id)).size).toBe(past.length);
        });
        const ofAgent = past.filter(({ kind }) => kind === 'PROMOTE' || kind === 'DEMOTE');
        expect(ofAgent.map(({ episode }) => episodeNumber(episode))).toEqual(
          ofAgent.map((_, index) => index + 1),
        );
      }),
      { numRuns: 300 },
    );
  });
});
