// Check suites: one per App and commit, made when a commit is pushed or its first check run appears.

import type { Actor, App, CheckSuite, Repository } from '../entities.ts';
import { announce } from '../events.ts';
import { checkSuiteJson } from '../render/checks.ts';
import { newId, type State } from '../state.ts';

/** Returns the suite of an App on a commit, and makes it where it is new. */
export function suiteOf(state: State, repository: Repository, app: App, headSha: string): CheckSuite {
  const known = [...repository.checkSuites.values()].find(
    (suite) => suite.app.id === app.id && suite.headSha === headSha,
  );
  if (known !== undefined) return known;
  const nowMs = state.clock.nowMs();
  const suite: CheckSuite = {
    id: newId(state),
    app,
    headSha,
    headBranch: null,
    before: null,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  repository.checkSuites.set(suite.id, suite);
  return suite;
}

/** Asks our App for checks of a pushed commit, as GitHub does for every App that may write checks. */
export function requestSuite(
  state: State,
  repository: Repository,
  actor: Actor,
  push: { readonly branch: string; readonly before: string | null; readonly after: string },
): void {
  if (state.app.permissions['checks'] !== 'write') return;
  const isKnown = [...repository.checkSuites.values()].some(
    (each) => each.app.id === state.app.id && each.headSha === push.after,
  );
  const suite = suiteOf(state, repository, state.app, push.after);
  suite.headBranch ??= push.branch;
  suite.before ??= push.before;
  if (!isKnown) announceSuite(state, repository, actor, suite, 'requested');
}

/** Tells of a suite that is wanted. */
export function announceSuite(
  state: State,
  repository: Repository,
  actor: Actor,
  suite: CheckSuite,
  action: 'requested' | 'rerequested',
): void {
  announce(state, {
    name: 'check_suite',
    action,
    repository,
    actor,
    payload: { check_suite: checkSuiteJson(state, repository, suite) },
    at: { branch: suite.headBranch ?? '', sha: suite.headSha },
  });
}
