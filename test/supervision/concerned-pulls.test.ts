// Which pull requests an alert concerns.

import { describe, expect, it } from 'vitest';
import type { AgentRegistry } from '../../src/domain/config.ts';
import type { ProposalKey } from '../../src/domain/proposal.ts';
import {
  alertsConcerning,
  changedEntries,
  type PullSubjects,
} from '../../src/supervision/concerned-pulls.ts';
import { anAlert } from '../domain/record-builders.ts';
import { aBusyReport } from './report-world.ts';

const AGENTS: AgentRegistry = {
  'trend-ema': { strategy_class: 'macro', stage: 'live', base_weight: 0.2, paths: ['agents/trend/**'] },
  macro: { strategy_class: 'event', stage: 'live', base_weight: 0.2 },
};
const NONE: PullSubjects = { proposal: null, files: [], classes: [], agents: [] };

function key(action: ProposalKey['action'], subject: string): PullSubjects {
  return { ...NONE, proposal: { action, subject, episode: `${subject}/1` } };
}

function touching(path: string, previousPath: string | null = null): PullSubjects {
  return { ...NONE, files: [{ path, status: 'modified', previousPath }] };
}

function concerns(pull: PullSubjects, agent = 'trend-ema'): boolean {
  return alertsConcerning(pull, [anAlert({ agent })], { agents: AGENTS }, aBusyReport()).length > 0;
}

describe('an alert', () => {
  it.each([
    ['proposes to disable the class of the agent', key('disable', 'macro')],
    ['proposes to enable it', key('enable', 'macro')],
    ['proposes to promote the agent', key('promote', 'trend-ema')],
    ['edits the class', { ...NONE, classes: ['macro'] }],
    ['edits the agent', { ...NONE, agents: ['trend-ema'] }],
    ['touches the files of the agent', touching('agents/trend/main.py')],
    ['moves a file away from there', touching('lib/main.py', 'agents/trend/main.py')],
  ])('concerns a pull request that %s', (_case, pull) => {
    expect(concerns(pull)).toBe(true);
  });

  it.each([
    ['proposes something about another class', key('disable', 'event')],
    ['proposes something about an agent that is called like the class', key('demote', 'macro')],
    ['edits another class', { ...NONE, classes: ['event'], agents: ['macro'] }],
    ['touches other files', touching('agents/other/main.py')],
    ['touches nothing', NONE],
  ])('does not concern one that %s', (_case, pull) => {
    expect(concerns(pull)).toBe(false);
  });

  it('of an agent in no registry concerns the class that the report gives it', () => {
    expect(concerns(key('disable', 'carry'), 'fade-funding')).toBe(true);
    expect(concerns(key('disable', 'carry'), 'constructor')).toBe(false);
  });

  it('of an agent in the registry concerns the class of the registry, whatever an older report says', () => {
    const moved: AgentRegistry = {
      'fade-funding': { strategy_class: 'event', stage: 'live', base_weight: 0.2 },
    };
    const found = (subject: string) =>
      alertsConcerning(
        key('disable', subject),
        [anAlert({ agent: 'fade-funding' })],
        { agents: moved },
        aBusyReport(),
      );

    expect(found('event')).toHaveLength(1);
    expect(found('carry')).toEqual([]);
  });

  it('is told of in ALERT and WARN, and once more when it is over', () => {
    const alerts = (['INSUFFICIENT', 'OK', 'WARN', 'ALERT', 'RESOLVED'] as const).map((state) =>
      anAlert({ state }),
    );
    const told = alertsConcerning(key('disable', 'macro'), alerts, { agents: AGENTS }, null);

    expect(told.map(({ state }) => state)).toEqual(['WARN', 'ALERT', 'RESOLVED']);
  });
});

describe('the entries that a pull request changes', () => {
  it('are those that were added, removed or say something else', () => {
    const base = { kept: { a: 1, b: 2 }, changed: { a: 1 }, removed: {} };
    const head = { kept: { b: 2, a: 1 }, changed: { a: 2 }, added: {}, constructor: {} };

    expect(changedEntries(base, head)).toEqual(['added', 'changed', 'constructor', 'removed']);
  });
});
