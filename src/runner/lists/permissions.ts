// From the kill list and the allocation to what the kernel goes by: which classes may enter, and how large.

import { canonicalJson, sha256Hex } from '../../domain/canonical.ts';
import { entryOf } from '../../domain/entry-of.ts';
import type { StrategyClass } from '../../domain/ids.ts';
import type { KillList } from '../../domain/kill-list.ts';
import { PPM_ONE, type Ppm } from '../../domain/steps.ts';
import type { Allocation } from '../../domain/supervisor.ts';
import type { Permission } from '../../kernel/event.ts';
import type { ClassInForce } from '../facts.ts';

/** What binary fractions lose: 0.07 of 0.1 is a little less than 700,000 millionths, and means it. */
const PPM_TOLERANCE = 1e-6;

export interface ClassPermissions {
  readonly permissions: readonly Permission[];
  readonly classes: ReadonlyMap<string, ClassInForce>;
}

/**
 * Returns what both lists say of each class of the kill list, in its order of names. The share is that of the agent, so it counts for every
 * class alike.
 *
 * @param allocation `null`: there is none
 * @param agent as which the kernel's own entries are judged
 * @param isMoneyReal otherwise no capital follows the signals of an agent in shadow, and it goes on to show what it is worth
 */
export function permissionsOf(
  killList: KillList,
  allocation: Allocation | null,
  agent: string,
  isMoneyReal: boolean,
): ClassPermissions {
  const sizePpm = sizePpmOf(allocation, agent, isMoneyReal);
  const names = Object.keys(killList).sort();
  const classes = new Map<string, ClassInForce>();
  const permissions = names.map((name): Permission => {
    const entry = entryOf(killList, name);
    const isDisabled = entry?.status === 'DISABLED';
    classes.set(name, {
      isEnabled: !isDisabled,
      reason: isDisabled ? entry.reason : null,
      episode: isDisabled ? entry.episode : null,
      sizeFactor: sizePpm / PPM_ONE,
    });
    return { strategyClass: name as StrategyClass, isEnabled: !isDisabled, sizePpm };
  });
  return { permissions, classes };
}

/**
 * `min(1, weight / base)` in whole millionths, rounded down. Of an agent that the allocation does not know nothing was said, so its share is
 * whole; one without a base, in shadow where money is real, or of a disabled class has none.
 */
function sizePpmOf(allocation: Allocation | null, agent: string, isMoneyReal: boolean): Ppm {
  const row = allocation === null ? undefined : entryOf(allocation, agent);
  if (row === undefined || (row.status === 'SHADOW' && !isMoneyReal)) return PPM_ONE;
  if (row.status !== 'ENABLED' || row.base <= 0) return 0 as Ppm;
  const factor = Math.min(1, row.weight / row.base);
  return Math.floor(factor * PPM_ONE + PPM_TOLERANCE) as Ppm;
}

/**
 * Returns the version of what both lists say together: the same content is the same version, whichever file or commit it came from.
 *
 * @param killListSha256 of the canonical content
 * @param allocationSha256 the same, or `null` where there is none
 */
export function permissionsVersion(
  killListSha256: string,
  allocationSha256: string | null,
  agent: string,
): string {
  return sha256Hex(canonicalJson({ agent, allocation: allocationSha256, kill_list: killListSha256 }));
}
