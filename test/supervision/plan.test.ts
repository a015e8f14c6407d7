// The plan of proposals: what is opened, kept up to date and closed, and what a person's word or work keeps Warden from.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  branchOf,
  type ClosingMarker,
  type ClosingReason,
  type DecisionMarker,
  PROPOSAL_ACTIONS,
  type ProposalKey,
  type ProposalPull,
} from '../../src/domain/proposal.ts';
import { DAY_MS, isoFromMs } from '../../src/domain/time.ts';
import { type PlanFacts, type PlannedAction, planProposals } from '../../src/supervision/plan.ts';
import { aPull, EVIDENCE, KEY, OWN, settingsWith } from './proposal-builders.ts';

const NOW = Date.UTC(2021, 2, 10);
const HOUR_AGO = isoFromMs(NOW - 3_600_000);

function calledFor(key: ProposalKey, evidenceSha256 = EVIDENCE): PlanFacts['wanted'][number] {
  return { key, evidenceSha256, asOf: isoFromMs(NOW), earlierVerdicts: [] };
}

function plan(over: Partial<PlanFacts>): readonly PlannedAction[] {
  return planProposals({
    wanted: [calledFor(KEY)],
    pulls: [],
    outdated: new Set(),
    foreign: new Set(),
    settings: settingsWith(),
    ownLogins: [OWN],
    nowMs: NOW,
    newPullsMax: 10,
    ...over,
  });
}

/** Kinds of the actions, with the reason or cause of each that has one. */
function kinds(actions: readonly PlannedAction[]): string[] {
  return actions.map((action) => {
    if (action.kind === 'close' || action.kind === 'explain-closing')
      return `${action.kind} ${action.reason}`;
    if (action.kind === 'tell-edited') return `${action.kind} ${action.wanted}`;
    return action.kind === 'vetoed' ? `${action.kind} ${action.cause}` : action.kind;
  });
}

function decided(decision: 'keep' | 'snooze', over: Partial<DecisionMarker> = {}): DecisionMarker {
  const until = decision === 'keep' ? null : isoFromMs(NOW + DAY_MS);
  return { v: 1, ...KEY, decision, by: 'ada', reason: 'too early', at: HOUR_AGO, until, ...over };
}

function closed(reason: ClosingReason, at = HOUR_AGO): ClosingMarker {
  return { v: 1, reason, at };
}

const SHUT = { state: 'closed', closedAt: HOUR_AGO } as const;
const TOUCHED = { otherAuthors: ['ada'] };
const NEWER = [calledFor(KEY, 'f'.repeat(64))];

describe('what is called for', () => {
  it('is opened where there is no pull request of its episode', () => {
    expect(plan({})).toEqual([{ kind: 'open', key: KEY }]);
  });

  it('is left alone where its pull request is as it should be', () => {
    expect(kinds(plan({ pulls: [aPull()] }))).toEqual(['current']);
  });

  it('is updated where the evidence is newer', () => {
    expect(kinds(plan({ wanted: NEWER, pulls: [aPull()] }))).toEqual(['update']);
  });

  it('is not written over by a run that was overtaken, unless it knows a newer verdict', () => {
    const later = { as_of: isoFromMs(NOW + DAY_MS) };
    const [wanted] = NEWER;
    const known = { ...(wanted ?? calledFor(KEY)), earlierVerdicts: ['d'.repeat(64)] };

    expect(kinds(plan({ wanted: NEWER, pulls: [aPull({ marker: later })] }))).toEqual(['current']);
    expect(kinds(plan({ wanted: [known], pulls: [aPull({ marker: later })] }))).toEqual(['update']);
    const asked = { ...later, verdict_id: null, requested_by: 'ada' };
    expect(kinds(plan({ wanted: NEWER, pulls: [aPull({ marker: asked })] }))).toEqual(['update']);
  });

  it('is updated where the default branch has moved under its file', () => {
    expect(kinds(plan({ pulls: [aPull()], outdated: new Set([7]) }))).toEqual(['update']);
  });

  it('is finished where its opening ended before the labels were on it', () => {
    expect(kinds(plan({ pulls: [aPull({ pull: { labels: ['warden'] } })] }))).toEqual(['finish']);
  });

  it('is only told of where the branch holds work of others', () => {
    expect(kinds(plan({ wanted: NEWER, pulls: [aPull({ over: TOUCHED })] }))).toEqual(['tell-edited update']);
  });

  it('supersedes the pull request of an older episode, after its own is open', () => {
    const older = { ...KEY, episode: 'macro/2' };
    const pulls = [aPull({ key: older, number: 4 })];

    expect(kinds(plan({ pulls }))).toEqual(['open', 'close superseded']);
  });

  it('is opened most urgent first, and what is beyond the limit of a run waits', () => {
    const wanted = (['promote', 'enable', 'disable', 'demote'] as const).map((action) =>
      calledFor({ action, subject: `of-${action}`, episode: `of-${action}/1` }),
    );
    const actions = plan({ wanted, newPullsMax: 2 });

    expect(actions.map((each) => `${each.kind} ${each.key.action}`)).toEqual([
      ...['open disable', 'open demote', 'waiting enable', 'waiting promote'],
    ]);
  });

  it('counts one that is opened again towards the limit of a run', () => {
    const withdrawn = { closedBy: OWN, closing: closed('withdrawn') };
    const other = { ...KEY, subject: 'pairs', episode: 'pairs/1' };
    const actions = plan({
      wanted: [calledFor(KEY), calledFor(other)],
      pulls: [aPull({ pull: SHUT, over: withdrawn })],
      newPullsMax: 1,
    });

    expect(kinds(actions)).toEqual(['reopen', 'waiting']);
  });
});

describe('what is not called for any more', () => {
  it('is withdrawn', () => {
    expect(kinds(plan({ wanted: [], pulls: [aPull()] }))).toEqual(['close withdrawn']);
  });

  it('is done where the default branch shows it', () => {
    const settings = settingsWith(['macro']);

    expect(kinds(plan({ wanted: [], pulls: [aPull()], settings }))).toEqual(['close done']);
  });

  it.each([
    ['enable', 'macro', settingsWith(), 'close done'],
    ['enable', 'macro', settingsWith(['macro']), 'close withdrawn'],
    ['promote', 'trend', settingsWith([], ['trend']), 'close done'],
    ['promote', 'trend', settingsWith(), 'close withdrawn'],
    ['demote', 'trend', settingsWith(), 'close done'],
    ['demote', 'trend', settingsWith([], ['trend']), 'close withdrawn'],
  ] as const)('knows when a proposal to %s is done: %#', (action, subject, settings, expected) => {
    const key = { action, subject, episode: `${subject}/1` };

    expect(kinds(plan({ wanted: [], pulls: [aPull({ key })], settings }))).toEqual([expected]);
  });

  it('stays open, and says why it would be closed, where the branch holds work of others', () => {
    expect(kinds(plan({ wanted: [], pulls: [aPull({ over: TOUCHED })] }))).toEqual(['tell-edited withdrawn']);
  });

  it('stays open where a person opened it again', () => {
    expect(plan({ wanted: [], pulls: [aPull({ over: { closing: closed('withdrawn') } })] })).toEqual([]);
  });

  it('stays open where a person asked for it, until it is done', () => {
    const pulls = [aPull({ marker: { verdict_id: null, requested_by: 'ada' } })];

    expect(plan({ wanted: [], pulls })).toEqual([]);
    expect(kinds(plan({ wanted: [], pulls, settings: settingsWith(['macro']) }))).toEqual(['close done']);
  });

  it('stays open where a person asked for it and the opposite is called for', () => {
    const pulls = [aPull({ marker: { verdict_id: null, requested_by: 'ada' } })];
    const actions = plan({ wanted: [calledFor({ ...KEY, action: 'enable' })], pulls });

    expect(kinds(actions)).toEqual(['open']);
  });

  it('is explained where a run closed it and ended before it said why', () => {
    const pulls = [aPull({ pull: SHUT, over: { closedBy: OWN } })];

    expect(kinds(plan({ wanted: [], pulls }))).toEqual(['explain-closing withdrawn']);
  });

  it('is history where a person closed or merged it', () => {
    const merged = aPull({ pull: { ...SHUT, mergedAt: HOUR_AGO }, over: { closedBy: OWN } });

    expect(plan({ wanted: [], pulls: [merged, aPull({ pull: SHUT, over: { closedBy: 'ada' } })] })).toEqual(
      [],
    );
  });
});

describe('what a person declined', () => {
  it('is vetoed by closing it, with who and why', () => {
    const pulls = [aPull({ pull: SHUT, over: { closedBy: 'ada', closingWords: 'hedged' } })];

    expect(plan({ pulls })).toEqual([
      { kind: 'vetoed', key: KEY, pull: pulls[0], cause: 'closed', by: 'ada', why: 'hedged' },
    ]);
  });

  it('is not vetoed by a program that closes what lies still', () => {
    const pulls = [aPull({ pull: SHUT, over: { closedBy: 'stale[bot]' } })];

    expect(kinds(plan({ pulls }))).toEqual(['reopen']);
    expect(kinds(plan({ wanted: [], pulls }))).toEqual([]);
  });

  it('is vetoed by an account that is gone since', () => {
    expect(kinds(plan({ pulls: [aPull({ pull: SHUT })] }))).toEqual(['vetoed closed']);
  });

  it('is not vetoed by the end of what a person asked for without a verdict', () => {
    const marker = { verdict_id: null, requested_by: 'bob' };

    expect(kinds(plan({ pulls: [aPull({ pull: SHUT, marker, over: { closedBy: 'ada' } })] }))).toEqual([
      'open',
    ]);
  });

  it('stays vetoed where a later one of the same episode was closed by Warden', () => {
    const vetoed = aPull({ number: 4, pull: SHUT, over: { closedBy: 'ada' } });
    const twin = aPull({ number: 9, pull: SHUT, over: { closedBy: OWN, closing: closed('superseded') } });

    expect(plan({ pulls: [vetoed, twin] })).toMatchObject([
      { kind: 'vetoed', pull: { pull: { number: 4 } } },
    ]);
  });

  it('is not vetoed by Warden, whose account GitHub does not name but whose comment says why', () => {
    const over = { closedBy: null, closing: closed('withdrawn') };

    expect(kinds(plan({ pulls: [aPull({ pull: SHUT, over })] }))).toEqual(['reopen']);
  });

  it('stays kept where the record of the decision was removed after Warden closed it for that', () => {
    const over = { closedBy: OWN, closing: closed('kept') };

    expect(kinds(plan({ pulls: [aPull({ pull: SHUT, over })] }))).toEqual(['vetoed kept']);
  });

  it('is vetoed for its episode alone', () => {
    const pulls = [aPull({ pull: SHUT, over: { closedBy: 'ada' } })];
    const key = { ...KEY, episode: 'macro/4' };

    expect(kinds(plan({ wanted: [calledFor(key)], pulls }))).toEqual(['open']);
  });

  it('is vetoed by a keep, also after Warden closed it for that', () => {
    const over = { decisions: [decided('keep')], closedBy: OWN, closing: closed('kept', isoFromMs(NOW)) };

    expect(kinds(plan({ pulls: [aPull({ over: { decisions: [decided('keep')] } })] }))).toEqual([
      'close kept',
    ]);
    expect(kinds(plan({ pulls: [aPull({ pull: SHUT, over })] }))).toEqual(['vetoed kept']);
  });

  it('is taken back where it was merged or done and is called for again', () => {
    const merged = aPull({ pull: { ...SHUT, mergedAt: HOUR_AGO } });
    const done = aPull({ pull: SHUT, over: { closedBy: OWN, closing: closed('done') } });

    expect(kinds(plan({ pulls: [merged] }))).toEqual(['vetoed taken-back']);
    expect(kinds(plan({ pulls: [done] }))).toEqual(['vetoed taken-back']);
  });

  it('is followed where this state does not know its verdict, while nothing else of such a proposal is concluded', () => {
    const pull = aPull();
    const foreign = new Set([pull.pull.number]);
    const kept = aPull({ over: { decisions: [decided('keep')] } });

    expect(plan({ wanted: [], pulls: [pull], foreign })).toEqual([]);
    expect(kinds(plan({ wanted: [], pulls: [kept], foreign }))).toEqual(['close kept']);
    const stopped = settingsWith(['macro']);
    expect(kinds(plan({ wanted: [], pulls: [pull], foreign, settings: stopped }))).toEqual(['close done']);
  });

  it('is closed by a decision whether others wrote to the branch or not, and whether it is called for or not', () => {
    const over = { ...TOUCHED, decisions: [decided('keep')] };

    expect(kinds(plan({ wanted: [], pulls: [aPull({ over })] }))).toEqual(['close kept']);
  });

  it('counts the newest decision', () => {
    const decisions = [decided('keep'), decided('snooze')];

    expect(kinds(plan({ pulls: [aPull({ over: { decisions } })] }))).toEqual(['close snoozed']);
  });

  it('is followed again where a person opened it again', () => {
    const over = { decisions: [decided('keep')], closing: closed('kept', isoFromMs(NOW)) };

    expect(kinds(plan({ pulls: [aPull({ over })] }))).toEqual(['current']);
    const atOnce = { decisions: [decided('keep')], closing: closed('kept', HOUR_AGO) };
    expect(kinds(plan({ pulls: [aPull({ over: atOnce })] }))).toEqual(['current']);
  });

  it('is followed where the decision is newer than the last closing', () => {
    const over = { decisions: [decided('keep')], closing: closed('withdrawn', isoFromMs(NOW - DAY_MS)) };

    expect(kinds(plan({ pulls: [aPull({ over })] }))).toEqual(['close kept']);
    expect(kinds(plan({ wanted: [], pulls: [aPull({ over })] }))).toEqual(['close kept']);
  });
});

describe('a snooze', () => {
  const snoozed = {
    decisions: [decided('snooze')],
    closedBy: OWN,
    closing: closed('snoozed', isoFromMs(NOW)),
  };
  const pulls = [aPull({ pull: SHUT, over: snoozed })];

  it('closes the pull request and keeps it closed until its end', () => {
    expect(kinds(plan({ pulls: [aPull({ over: { decisions: [decided('snooze')] } })] }))).toEqual([
      'close snoozed',
    ]);
    expect(kinds(plan({ pulls }))).toEqual(['snoozed']);
    expect(kinds(plan({ pulls, nowMs: NOW + DAY_MS - 1 }))).toEqual(['snoozed']);
  });

  it('ends with the pull request opened again, where it is still called for', () => {
    expect(kinds(plan({ pulls, nowMs: NOW + DAY_MS }))).toEqual(['reopen']);
    expect(plan({ wanted: [], pulls, nowMs: NOW + DAY_MS })).toEqual([]);
  });

  it('holds where the person closed the pull request too, and is a veto where they closed it after its end', () => {
    const by = { decisions: [decided('snooze')], closedBy: 'ada' };
    const late = { state: 'closed', closedAt: isoFromMs(NOW + 2 * DAY_MS) } as const;

    expect(kinds(plan({ pulls: [aPull({ pull: SHUT, over: by })] }))).toEqual(['snoozed']);
    expect(kinds(plan({ pulls: [aPull({ pull: late, over: by })], nowMs: NOW + 3 * DAY_MS }))).toEqual([
      'vetoed closed',
    ]);
  });
});

describe('what Warden closed itself', () => {
  it.each([
    ['as withdrawn', closed('withdrawn')],
    ['as superseded', closed('superseded')],
    ['without a word yet', null],
  ])('is opened again where it is called for again: %s', (_case, closing) => {
    expect(kinds(plan({ pulls: [aPull({ pull: SHUT, over: { closedBy: OWN, closing } })] }))).toEqual([
      'reopen',
    ]);
  });
});

const aKey: fc.Arbitrary<ProposalKey> = fc.record({
  action: fc.constantFrom(...PROPOSAL_ACTIONS),
  subject: fc.constantFrom('macro', 'arb'),
  episode: fc.constantFrom('x/1', 'x/2'),
});
const aDecision = fc.record({ decision: fc.constantFrom('keep', 'snooze'), at: fc.nat(48), for: fc.nat(96) });
const anyPull = fc.record({
  key: aKey,
  state: fc.constantFrom('open', 'closed', 'merged'),
  otherAuthors: fc.constantFrom([], ['ada'], [null]),
  closedBy: fc.constantFrom(OWN, 'ada', null),
  closing: fc.constantFrom(null, 'withdrawn', 'done', 'superseded', 'kept', 'snoozed'),
  closedAgo: fc.nat(48),
  evidence: fc.constantFrom('1'.repeat(64), '2'.repeat(64)),
  requested: fc.boolean(),
  labelled: fc.boolean(),
  decisions: fc.array(aDecision, { maxLength: 2 }),
});

const hoursAgo = (hours: number) => isoFromMs(NOW - hours * 3_600_000);

function pullsFrom(
  parts: readonly (typeof anyPull extends fc.Arbitrary<infer T> ? T : never)[],
): ProposalPull[] {
  return parts.map((part, index) => {
    const { key, state, closing } = part;
    const isOpen = state === 'open';
    const merged = state === 'merged' ? { mergedAt: hoursAgo(part.closedAgo) } : {};
    return aPull({
      key,
      number: index + 1,
      pull: {
        state: isOpen ? 'open' : 'closed',
        closedAt: isOpen ? null : hoursAgo(part.closedAgo),
        ...merged,
        ...(part.labelled ? {} : { labels: [] }),
      },
      marker: { evidence_sha256: part.evidence, requested_by: part.requested ? 'ada' : null },
      over: {
        otherAuthors: part.otherAuthors,
        closedBy: isOpen ? null : part.closedBy,
        closing: closing === null ? null : { v: 1, reason: closing, at: hoursAgo(part.closedAgo) },
        decisions: part.decisions.map((each) => ({
          ...{ v: 1 as const, ...key, decision: each.decision, by: 'ada', reason: '', at: hoursAgo(each.at) },
          until: each.decision === 'keep' ? null : isoFromMs(NOW + (each.for - 48) * 3_600_000),
        })),
      },
    });
  });
}

/** What the pull requests are after the actions, in a world in which nobody else does anything. */
function applied(
  pulls: readonly ProposalPull[],
  actions: readonly PlannedAction[],
  facts: PlanFacts,
): ProposalPull[] {
  const evidence = (key: ProposalKey) =>
    facts.wanted.find((each) => branchOf(each.key) === branchOf(key))?.evidenceSha256 ?? EVIDENCE;
  let all = [...pulls];
  for (const action of actions) {
    const fresh = (number: number) =>
      aPull({ key: action.key, number, marker: { evidence_sha256: evidence(action.key) } });
    if (action.kind === 'open') all.push(fresh(1000 + all.length));
    if (!('pull' in action)) continue;
    const { pull } = action;
    const { number } = pull.pull;
    const now = (over: Partial<ProposalPull>) => {
      all = all.map((each) => (each.pull.number === number ? { ...each, ...over } : each));
    };
    const isTouched = pull.otherAuthors.length > 0;
    const renewed = isTouched ? { ...fresh(number), marker: pull.marker } : fresh(number);
    const kept = { decisions: pull.decisions, otherAuthors: pull.otherAuthors };
    if (action.kind === 'reopen') now({ ...renewed, ...kept });
    if (action.kind === 'update') now({ ...renewed, ...kept, closing: pull.closing });
    if (action.kind === 'finish') now({ pull: renewed.pull });
    if (action.kind === 'close' || action.kind === 'explain-closing') {
      const closing = { v: 1, reason: action.reason, at: isoFromMs(NOW) } as const;
      const shut = { ...pull.pull, state: 'closed', closedAt: isoFromMs(NOW) } as const;
      now({ pull: shut, closing, closedBy: OWN });
    }
  }
  return all;
}

const TOLD = ['tell-edited', 'vetoed', 'snoozed', 'current', 'waiting'];
/** Nothing is outdated or of another state, and no run is too short. */
const UNBOUNDED = {
  outdated: new Set<number>(),
  foreign: new Set<number>(),
  ownLogins: [OWN],
  nowMs: NOW,
  newPullsMax: 99,
};

const anyFacts = fc.record({
  pulls: fc.array(anyPull, { maxLength: 6 }).map(pullsFrom),
  wanted: fc
    .array(
      fc.tuple(aKey, fc.constantFrom('1'.repeat(64), '2'.repeat(64))).map((parts) => calledFor(...parts)),
      {
        maxLength: 4,
      },
    )
    // One subject has one newest episode.
    .map((all) => [...new Map(all.map((each) => [`${each.key.action} ${each.key.subject}`, each])).values()]),
  settings: fc.constantFrom(
    settingsWith(),
    settingsWith(['macro'], ['arb']),
    settingsWith(['arb'], ['macro']),
  ),
});

describe('any plan', () => {
  it('asks for nothing more once it was carried out', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const facts = { ...some, ...UNBOUNDED };
        const pulls = applied(some.pulls, planProposals(facts), facts);

        expect(planProposals({ ...facts, pulls }).filter(({ kind }) => !TOLD.includes(kind))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves at most one open pull request of an action and a subject that is called for, save what people wrote to or opened again', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const facts = { ...some, ...UNBOUNDED };
        const after = applied(some.pulls, planProposals(facts), facts);
        for (const { key } of some.wanted) {
          const open = after.filter(
            ({ key: of, pull, otherAuthors, closing }) =>
              pull.state === 'open' &&
              of.action === key.action &&
              of.subject === key.subject &&
              otherAuthors.length === 0 &&
              (closing === null || of.episode === key.episode),
          );
          expect(open.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never opens again what a person closed without a snooze, and never touches a branch with work of others unasked', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const facts = { ...some, ...UNBOUNDED };
        for (const action of planProposals(facts)) {
          if (action.kind === 'reopen' && action.pull.closedBy === 'ada')
            expect(action.pull.decisions.at(-1)?.decision).toBe('snooze');
          if (action.kind === 'update') expect(action.pull.otherAuthors).toEqual([]);
          if (action.kind === 'close' && action.pull.otherAuthors.length > 0)
            expect(action.decision ?? action.reason).not.toBe('withdrawn');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
