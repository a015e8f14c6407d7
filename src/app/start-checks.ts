// What must hold before the app takes work: GitHub must have granted what the manifest asks for, or handlers fail one by one later.

import type { AppRegistration } from '../domain/github.ts';
import { type AccessLevel, NEEDED_EVENTS, NEEDED_PERMISSIONS } from './manifest.ts';

const LEVELS = ['read', 'write', 'admin'];

/** Returns what the registration lacks, each as a sentence with the next step; empty where nothing is missing. */
export function registrationProblems({ slug, permissions, events }: AppRegistration): readonly string[] {
  const lackingPermissions = NEEDED_PERMISSIONS.filter(
    ({ name, level }) => !isEnough(permissions[name], level),
  ).map(({ name, level, reason }) => {
    const found = permissions[name] === undefined ? 'has none' : `has ${permissions[name]}`;
    return `the app "${slug}" needs the permission ${name}: ${level} and ${found}; without it nothing ${reason}. ${grantStep(slug)}`;
  });
  const lackingEvents = NEEDED_EVENTS.filter(({ name }) => !events.includes(name)).map(
    ({ name, reason }) =>
      `the app "${slug}" is not subscribed to the event ${name} (${reason}); subscribe it under Settings, Developer settings, GitHub Apps, ${slug}, Permissions & events`,
  );
  return [...lackingPermissions, ...lackingEvents];
}

function isEnough(granted: string | undefined, needed: AccessLevel): boolean {
  return granted !== undefined && LEVELS.indexOf(granted) >= LEVELS.indexOf(needed);
}

function grantStep(slug: string): string {
  return `Grant it under Settings, Developer settings, GitHub Apps, ${slug}, Permissions & events, and accept the change where the app is installed`;
}
