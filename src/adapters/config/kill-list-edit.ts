// Disables or enables one strategy class in the text of a kill list, and changes nothing else of it.

import { entryOf } from '../../domain/entry-of.ts';
import {
  type CvarLimits,
  DISABLED_KEYS,
  type DisabledClass,
  type EnabledClass,
  type KillList,
  type KillListEntry,
} from '../../domain/kill-list.ts';
import { KILL_LIST_FILE } from '../../domain/proposal.ts';
import { ok, type Result } from '../../domain/result.ts';
import { parseKillList } from './config-files.ts';
import { verifiedEdit } from './verified-edit.ts';

/** Why a class is disabled; each becomes a key of its entry. */
export type DisabledFacts = Pick<DisabledClass, (typeof DISABLED_KEYS)[number]>;

/** Returns the kill list with `strategyClass` disabled for these facts, whether it had an entry or not, or why not. */
export function disabledClass(
  text: string,
  strategyClass: string,
  facts: DisabledFacts,
): Result<string, string> {
  const { reason, evidence, since, episode } = facts;
  const set = { status: 'DISABLED', reason, evidence, since, episode } as const;
  return verifiedEdit(text, killListOf, { name: strategyClass, set, remove: [] }, (before) =>
    withEntry(before, strategyClass, { ...limitsOf(entryOf(before, strategyClass)), ...set }),
  );
}

/** Returns the kill list with `strategyClass` enabled and its limits kept; the same text where it is enabled already. */
export function enabledClass(text: string, strategyClass: string): Result<string, string> {
  const edit = { name: strategyClass, set: { status: 'ENABLED' }, remove: DISABLED_KEYS };
  return verifiedEdit(text, killListOf, edit, (before) => {
    const entry = entryOf(before, strategyClass);
    if (entry?.status !== 'DISABLED') return before;
    const enabled: EnabledClass = { ...limitsOf(entry), status: 'ENABLED' };
    return withEntry(before, strategyClass, enabled);
  });
}

function killListOf(text: string) {
  const read = parseKillList(text, KILL_LIST_FILE);
  return read.ok ? ok(read.value.killList) : read;
}

function withEntry(list: KillList, strategyClass: string, entry: KillListEntry): KillList {
  return { ...list, [strategyClass]: entry };
}

/** What stays whatever the status. */
function limitsOf(entry: KillListEntry | undefined): CvarLimits {
  const kept = Object.entries(entry ?? {}).filter(
    ([key]) => key !== 'status' && !DISABLED_KEYS.some((each) => each === key),
  );
  return Object.fromEntries(kept);
}
