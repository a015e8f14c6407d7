// A kill list with other limits, as a person asked for in a comment: what a what-if replays beside the one in force.

import { entryOf } from '../domain/entry-of.ts';
import type { KillList, KillListEntry } from '../domain/kill-list.ts';
import type { LimitChange } from './command.ts';

/**
 * Returns `list` with `changes` made to each class of `names`, which the list may not know yet. Limits of single regimes stay
 * as they are; a limit that is `null` is taken away.
 */
export function simulatedList(
  list: KillList,
  names: readonly string[],
  changes: readonly LimitChange[],
): KillList {
  const changed = names.map((name): [string, KillListEntry] => {
    const entry = entryOf(list, name);
    return [name, withLimits(entry ?? { status: 'ENABLED' }, changes)];
  });
  return Object.fromEntries([...Object.entries(list), ...changed]);
}

function withLimits(entry: KillListEntry, changes: readonly LimitChange[]): KillListEntry {
  let { max_cvar_sigma: sigma, max_cvar_error_bps: bps, ...others } = entry;
  for (const { limit, value } of changes) {
    if (limit === 'max_cvar_sigma') sigma = value ?? undefined;
    else bps = value ?? undefined;
  }
  return {
    ...others,
    ...(sigma === undefined ? {} : { max_cvar_sigma: sigma }),
    ...(bps === undefined ? {} : { max_cvar_error_bps: bps }),
  };
}
