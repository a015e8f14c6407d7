// One line of what `warden doctor` says, in the few forms that there are.

import type { DoctorLine } from './doctor-facts.ts';

export type Said = Omit<DoctorLine, 'group'>;

/** Everything is as it should be. */
export function fine(about: string, evidence: string): Said {
  return { about, status: 'ok', evidence, nextStep: null };
}

/** Warden does not work as it should until this is mended. */
export function missing(about: string, evidence: string, nextStep: string): Said {
  return { about, status: 'missing', evidence, nextStep };
}

/** Worth knowing, and possibly wanted. */
export function warning(about: string, evidence: string, nextStep: string): Said {
  return { about, status: 'warning', evidence, nextStep };
}

/** A question that was not answered, and why. */
export function unasked(about: string, why: string, nextStep: string | null = null): Said {
  return { about, status: 'unknown', evidence: why, nextStep };
}

/** How somebody who may see everything asks again. */
export const AS_ADMIN =
  'ask as an admin: GITHUB_REPOSITORY=owner/name GITHUB_TOKEN=$(gh auth token) npm run -s warden -- doctor';

/** What the token may not see, with the permission that would show it. */
export function unseen(about: string, permission: string): Said {
  return unasked(about, `this token may not see it, that takes ${permission}`, AS_ADMIN);
}
