// Who asks the kernel for something, as its journal will name them: a person at GitHub with the run, or a user of this machine.

import { userInfo } from 'node:os';
import type { KernelControlRequest } from '../../domain/kernel-control.ts';
import { actionsRunUrl } from '../actions/run-url.ts';
import { type Env, givenVariable } from '../github/given-variable.ts';

/**
 * Returns who asks. In GitHub Actions that is who started this attempt of the run, which need not be who started the first one.
 *
 * @param user the user of the operating system.
 */
export function requesterOf(env: Env, user: () => string = systemUser): KernelControlRequest['requested_by'] {
  if (env['GITHUB_ACTIONS'] !== 'true') return { who: user(), run_url: null };
  return {
    who: givenVariable(env, 'GITHUB_TRIGGERING_ACTOR') ?? givenVariable(env, 'GITHUB_ACTOR') ?? user(),
    run_url: actionsRunUrl(env),
  };
}

/** A user that the system has no name for is known by number. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
