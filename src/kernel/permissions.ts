// Which strategies may enter, and how large: the kernel follows each list that it is given, and refuses entries while there is none.

import type { StrategyClass } from '../domain/ids.ts';
import type { Permission, PermissionsEvent } from './event.ts';
import { abandonEntry } from './router/entry.ts';
import { clear, raise } from './trading.ts';
import { emit, refuse, type Transaction } from './transaction.ts';

/**
 * Follows a list. A class that could enter and cannot any more has its entries under way abandoned; what it holds goes on to its exit. A
 * list that cannot be read, or that contradicts itself, leaves the known one as it is and refuses entries until one comes that can.
 */
export function onPermissions(tx: Transaction, event: PermissionsEvent): void {
  const { trading } = tx.state;
  const isUnknown = trading.reasons.has('PERMISSIONS_UNKNOWN');
  if (event.permissions === null) {
    if (isUnknown) refuse(tx, 'DUPLICATE_EVENT', 'there still is no list');
    return raise(tx, 'PERMISSIONS_UNKNOWN', 'there is no list that can be read');
  }
  const problem = problemOf(event);
  if (problem !== null) {
    refuse(tx, 'MALFORMED_EVENT', `permissions: ${problem}`);
    return raise(tx, 'PERMISSIONS_UNKNOWN', problem);
  }
  if (event.version === trading.permissionsVersion && !isUnknown)
    return refuse(tx, 'DUPLICATE_EVENT', `version=${event.version}`);
  const former = [...trading.permissions.values()].filter(mayEnter);
  trading.permissions.clear();
  for (const { strategyClass, isEnabled, sizePpm } of event.permissions)
    trading.permissions.set(strategyClass, { strategyClass, isEnabled, sizePpm });
  trading.permissionsVersion = event.version;
  clear(tx, 'PERMISSIONS_UNKNOWN');
  for (const { strategyClass } of former) {
    const now = trading.permissions.get(strategyClass);
    if (now === undefined || !mayEnter(now)) disable(tx, strategyClass);
  }
}

/** A share of nothing is a refusal like any other. */
function mayEnter(permission: Permission): boolean {
  return permission.isEnabled && permission.sizePpm > 0;
}

function problemOf({ version, permissions }: PermissionsEvent): string | null {
  if (typeof version !== 'string' || version === '') return 'it has no version';
  if (!Array.isArray(permissions)) return 'it is no list';
  const seen = new Set<string>();
  for (const permission of permissions) {
    const { strategyClass, isEnabled, sizePpm } = permission ?? {};
    if (typeof strategyClass !== 'string' || strategyClass === '') return 'a class has no name';
    if (typeof isEnabled !== 'boolean' || !Number.isSafeInteger(sizePpm) || sizePpm < 0)
      return `the class ${strategyClass} is not told whether and how large it may enter`;
    if (seen.has(strategyClass)) return `the class ${strategyClass} is named twice`;
    seen.add(strategyClass);
  }
  return null;
}

function disable(tx: Transaction, strategyClass: StrategyClass): void {
  let ordersCanceled = 0;
  for (const slot of tx.state.slots) {
    if (slot.trade?.strategyClass === strategyClass)
      ordersCanceled += abandonEntry(tx, slot, 'STRATEGY_DISABLED');
  }
  emit(tx, {
    kind: 'PUBLISH',
    publication: { topic: 'strategy_disabled', strategyClass, ordersCanceled },
  });
}
