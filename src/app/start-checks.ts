// What must hold before the app takes work: GitHub must have granted what the manifest asks for, or handlers fail one by one later.

import type { AppRegistration } from '../domain/github.ts';
import { type AccessLevel, NEEDED_EVENTS, NEEDED_PERMISSIONS } from './manifest.ts';
import type { Installation } from './probot-frame.ts';

const LEVELS = ['read', 'write', 'admin'];

/** Returns what the registration lacks, each as a sentence with the next step; empty where nothing is missing. */
export function registrationProblems({ slug, permissions, events }: AppRegistration): readonly string[] {
  const ofPermissions = permissionsLacking(permissions).map(({ name, level, reason }) => {
    const found = permissions[name] === undefined ? 'has none' : `has ${permissions[name]}`;
    return `the app "${slug}" needs the permission ${name}: ${level} and ${found}; without it nothing ${reason}. ${grantStep(slug)}`;
  });
  const ofEvents = eventsLacking(events).map(
    ({ name, reason }) =>
      `the app "${slug}" is not subscribed to the event ${name} (${reason}); subscribe it under Settings, Developer settings, GitHub Apps, ${slug}, Permissions & events`,
  );
  return [...ofPermissions, ...ofEvents];
}

/**
 * Returns what was not granted where the app is installed, although it asks for it; empty where nothing is missing. Other
 * installations work all the same.
 */
export function installationProblems({ url, permissions, events }: Installation): readonly string[] {
  const lacking = [
    ...permissionsLacking(permissions).map(({ name, level }) => `the permission ${name}: ${level}`),
    ...eventsLacking(events).map(({ name }) => `the event ${name}`),
  ];
  return lacking.length === 0
    ? []
    : [
        `what the app asks for was not accepted where it is installed: ${lacking.join(', ')}; accept it on ${url}`,
      ];
}

function permissionsLacking(granted: AppRegistration['permissions']) {
  return NEEDED_PERMISSIONS.filter(({ name, level }) => !isEnough(granted[name], level));
}

function eventsLacking(events: readonly string[]) {
  return NEEDED_EVENTS.filter(({ name }) => !events.includes(name));
}

function isEnough(granted: string | undefined, needed: AccessLevel): boolean {
  return granted !== undefined && LEVELS.indexOf(granted) >= LEVELS.indexOf(needed);
}

function grantStep(slug: string): string {
  return `Grant it under Settings, Developer settings, GitHub Apps, ${slug}, Permissions & events, and accept the change where the app is installed`;
}
