// Whether a proposal still holds: its premise, what merging would leave, and every reason why not, in words.

import { describe, expect, it } from 'vitest';
import type { DisabledClass } from '../../src/domain/kill-list.ts';
import { markerLine } from '../../src/domain/marker.ts';
import { askedBranchOf, branchOf, type ProposalMarker } from '../../src/domain/proposal.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { ownProposal } from '../../src/supervision/own-proposal.ts';
import { type ProposalCheckFacts, proposalCheck } from '../../src/supervision/proposal-check.ts';
import { AT, aDisableVerdict, SHA } from '../domain/record-builders.ts';
import { worldSettings } from '../jobs/supervise-world.ts';

const MARKER: ProposalMarker = {
  v: 1,
  action: 'disable',
  subject: 'macro',
  episode: 'macro/1',
  verdict_id: SHA,
  requested_by: null,
  evidence_sha256: SHA,
  as_of: AT,
  state_commit: null,
};

const STOPPED: DisabledClass = {
  status: 'DISABLED',
  reason: 'The tail broke.',
  evidence: 'verdict',
  since: '2026-11-20T09:30:00.000Z',
  episode: 'macro/1',
};

const BASE: Settings = worldSettings();
const WITH_STOP = withMacro({ ...STOPPED, max_cvar_sigma: 4 });
const BREACH = aDisableVerdict();
const RECOVERED = aDisableVerdict({ kind: 'REENABLE' });

function withMacro(macro: Settings['kill_list'][string]): Settings {
  return { ...BASE, kill_list: { ...BASE.kill_list, macro } };
}

function check(over: Partial<ProposalCheckFacts> = {}) {
  const decided = { verdicts: [BREACH], open: [BREACH], asOf: AT };
  const { conclusion, output } = proposalCheck({
    marker: MARKER,
    base: BASE,
    merged: WITH_STOP,
    otherPaths: [],
    decided,
    ...over,
  });
  return { conclusion, title: output.title, summary: output.summary };
}

function decided(verdicts: readonly Verdict[], open: readonly Verdict[] = []): ProposalCheckFacts['decided'] {
  return { verdicts, open, asOf: AT };
}

function reason(of: 'withdrawn' | 'relapse' | 'recovered', kind: 'DISABLE' | 'REENABLE'): Verdict {
  return aDisableVerdict({
    kind,
    ts: '2026-11-21T11:00:00.000Z',
    evidence: { ...BREACH.evidence, reason: of } as never,
  });
}

describe('proposalCheck', () => {
  it('says that a proposal is still true, and as of which day', () => {
    expect(check()).toEqual({
      conclusion: 'success',
      title: 'Still true as of 2026-11-21',
      summary: 'Episode `macro/1` is open: the breach goes on. Merging changes `macro` and nothing else.',
    });
  });

  it('is neutral about what is not known, and fails what would leave nothing that can be read', () => {
    expect(check({ base: null })).toMatchObject({
      conclusion: 'neutral',
      title: 'Not known: the base is broken',
    });
    expect(check({ decided: null })).toMatchObject({ conclusion: 'neutral', title: 'Not known: no state' });
    expect(check({ merged: null })).toMatchObject({
      conclusion: 'failure',
      title: 'Merging would leave a broken configuration',
    });
  });

  it('needs no verdict for what a person asked for', () => {
    const marker = { ...MARKER, verdict_id: null, requested_by: 'ada' };
    expect(check({ marker, decided: null })).toMatchObject({
      conclusion: 'success',
      title: 'As it was asked for',
    });
  });

  it.each([
    ['the base does it already', { base: WITH_STOP }, 'Stale since 2026-11-20 09:30: is stopped already'],
    [
      'the breach is over',
      { decided: decided([BREACH, reason('withdrawn', 'REENABLE')]) },
      'Stale since 2026-11-21 11:00: the breach is over',
    ],
    [
      'another episode began',
      { decided: decided([BREACH, aDisableVerdict({ episode: 'macro/2', ts: '2026-11-21T12:00:00.000Z' })]) },
      'Stale since 2026-11-21 12:00: a newer episode replaced it',
    ],
    [
      'another episode is called for',
      {
        decided: decided(
          [BREACH, aDisableVerdict({ episode: 'macro/2', ts: '2026-11-21T12:00:00.000Z' })],
          [aDisableVerdict({ episode: 'macro/2', ts: '2026-11-21T12:00:00.000Z' })],
        ),
      },
      'Stale since 2026-11-21 12:00: a newer episode replaced it',
    ],
    ['the log is another one', { decided: decided([]) }, 'Stale: unknown to the state'],
  ])('is stale where %s', (_, over, title) => {
    expect(check(over)).toMatchObject({ conclusion: 'failure', title });
  });

  it('does not let an agent of the same name speak for a class', () => {
    const promote = { ...BREACH, kind: 'PROMOTE' } as unknown as Verdict;
    expect(check({ decided: decided([BREACH, promote], [promote]) }).conclusion).toBe('failure');
  });

  it('fails where merging would change more than it says', () => {
    const rewound: Settings = {
      ...WITH_STOP,
      kill_list: { ...WITH_STOP.kill_list, arb: { status: 'ENABLED', max_cvar_sigma: 9 } },
    };
    const found = check({ merged: rewound });

    expect(found).toMatchObject({ conclusion: 'failure', title: 'Merging would change more than it says' });
    expect(found.summary).toContain('`kill_list.arb.max_cvar_sigma`: `5` on the base, `9` after merging');
    expect(check({ merged: withMacro({ ...STOPPED, max_cvar_sigma: 8 }) }).summary).toContain(
      '`kill_list.macro.max_cvar_sigma`',
    );
    expect(check({ merged: { ...WITH_STOP, agents: {} } }).conclusion).toBe('failure');
    expect(
      check({ merged: { ...WITH_STOP, warden: { ...BASE.warden, horizons_hours: [24] } } }).conclusion,
    ).toBe('failure');
  });

  it('fails where merging would change another file', () => {
    const found = check({ otherPaths: ['agents/trend/main.py'] });

    expect(found).toMatchObject({ conclusion: 'failure', title: 'Merging would change more than it says' });
    expect(found.summary).toContain('- the file `agents/trend/main.py`');
  });

  it('fails where the branch no longer does what it says', () => {
    expect(check({ merged: BASE })).toMatchObject({
      conclusion: 'failure',
      title: 'Merging would not do what it says',
    });
    expect(
      check({ merged: withMacro({ ...STOPPED, max_cvar_sigma: 4, episode: 'macro/7' }) }).conclusion,
    ).toBe('failure');
  });

  it('lets a person word the reason otherwise', () => {
    expect(
      check({ merged: withMacro({ ...STOPPED, max_cvar_sigma: 4, reason: 'In my words.' }) }).conclusion,
    ).toBe('success');
  });

  it('knows the class that the base does not list yet', () => {
    const { macro: _, ...others } = BASE.kill_list;
    const base = { ...BASE, kill_list: others };
    expect(check({ base, merged: { ...BASE, kill_list: { ...others, macro: STOPPED } } }).conclusion).toBe(
      'success',
    );
  });
});

describe('a proposal to enable', () => {
  const enabling = (over: Partial<ProposalCheckFacts> = {}) =>
    check({
      marker: { ...MARKER, action: 'enable' },
      base: WITH_STOP,
      merged: BASE,
      decided: decided([BREACH, RECOVERED], [RECOVERED]),
      ...over,
    });

  it('holds while the recovery stands, and goes stale with a relapse, another stop, or one merge more', () => {
    expect(enabling()).toMatchObject({ conclusion: 'success' });
    expect(enabling({ decided: decided([BREACH, RECOVERED, reason('relapse', 'DISABLE')]) }).title).toContain(
      'it breached again',
    );
    expect(
      enabling({
        base: withMacro({ ...STOPPED, max_cvar_sigma: 4, episode: 'macro/2' }),
        decided: decided([BREACH, RECOVERED]),
      }).title,
    ).toBe('Stale since 2026-11-20 09:30: stopped again for another reason');
    expect(enabling({ base: BASE }).title).toBe('Stale: may enter already');
  });
});

describe('a proposal about an agent', () => {
  const promote = { ...BREACH, kind: 'PROMOTE', subject: 'drop', episode: 'drop/1' } as unknown as Verdict;
  const marker: ProposalMarker = { ...MARKER, action: 'promote', subject: 'drop', episode: 'drop/1' };
  const live = (over: object = {}): Settings => ({
    ...BASE,
    agents: { ...BASE.agents, drop: { strategy_class: 'arb', stage: 'live', base_weight: 0.2, ...over } },
  });
  const promoting = (over: Partial<ProposalCheckFacts> = {}) =>
    check({ marker, merged: live(), decided: decided([promote], [promote]), ...over });

  it('holds while the gates pass, and may change its stage alone', () => {
    expect(promoting()).toMatchObject({ conclusion: 'success' });
    expect(promoting({ merged: live({ base_weight: 1 }) }).summary).toContain('`agents.drop.base_weight`');
    expect(promoting({ decided: decided([promote]) }).title).toBe(
      'Stale since 2026-11-21 10:00: no longer called for',
    );
    expect(promoting({ base: live() }).title).toBe('Stale: is live already');
  });

  it('may register an agent that the base does not know', () => {
    const { drop: _, ...others } = BASE.agents;
    expect(promoting({ base: { ...BASE, agents: others } })).toMatchObject({ conclusion: 'success' });
  });
});

describe('ownProposal', () => {
  const us = { fullName: 'acme/alpha', ownLogins: ['warden[bot]'] };
  const pull = {
    author: 'warden[bot]',
    body: markerLine('proposal', MARKER),
    branch: branchOf(MARKER),
    headRepository: 'Acme/Alpha',
  };

  it('takes author, branch, repository and marker together', () => {
    expect(ownProposal(pull, us)).toEqual(MARKER);
    expect(ownProposal({ ...pull, branch: askedBranchOf(MARKER) }, us)).toEqual(MARKER);
    expect(ownProposal({ ...pull, author: 'mallory' }, us)).toBeNull();
    expect(ownProposal({ ...pull, headRepository: 'mallory/alpha' }, us)).toBeNull();
    expect(ownProposal({ ...pull, headRepository: null }, us)).toBeNull();
    expect(ownProposal({ ...pull, branch: 'warden/disable/arb/1' }, us)).toBeNull();
    expect(ownProposal({ ...pull, body: 'no marker' }, us)).toBeNull();
  });
});
