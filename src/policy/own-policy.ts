// Whether what a module of the user's exports is a policy, and the name that its decisions carry.

import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import type { Policy } from './policy.ts';

const WORD = /^[A-Za-z0-9._-]{1,64}$/;
const WORD_TEXT = '1 to 64 of letters, digits, ".", "_" and "-"';
const CLASS_CHARS_MAX = 100;
const DIGEST_CHARS = 8;

/** Returns which member of `value` keeps it from being a policy, with what is expected of it; `null` where it is one. */
export function policyProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return `expected an object, found ${kindOf(value)}`;
  const policy = value as Readonly<Record<string, unknown>>;
  for (const member of ['name', 'version'])
    if (typeof policy[member] !== 'string' || !WORD.test(policy[member]))
      return `${member}: expected ${WORD_TEXT}, found ${kindOf(policy[member])}`;
  const { strategyClass } = policy as { readonly strategyClass?: unknown };
  if (typeof strategyClass !== 'string' || strategyClass === '' || strategyClass.length > CLASS_CHARS_MAX)
    return `strategyClass: expected a class of kill-list.yaml, found ${kindOf(strategyClass)}`;
  for (const member of ['begin', 'step'])
    if (typeof policy[member] !== 'function')
      return `${member}: expected a function, found ${kindOf(policy[member])}`;
  return settingsProblem(policy['settings']);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  return typeof value === 'undefined' ? 'nothing' : typeof value;
}

/** The digest needs a text, and a memory is kept under it, so the same settings have to give the same one. */
function settingsProblem(settings: unknown): string | null {
  const expected = 'settings: expected plain JSON; {} where there is nothing to set';
  if (settings === undefined) return `${expected}, found nothing`;
  try {
    const text = canonicalJson(settings);
    return canonicalJson(JSON.parse(text)) === text ? null : expected;
  } catch {
    return `${expected}, found what has no JSON`;
  }
}

/** Returns `name@version#digest`, with the first eight digits of the SHA-256 of the settings' canonical JSON. */
export function policyTag({ name, version, settings }: Policy): string {
  return `${name}@${version}#${sha256Hex(canonicalJson(settings)).slice(0, DIGEST_CHARS)}`;
}
