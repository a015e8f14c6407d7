// One kernel for one folder: two that write the same journal would each send orders that the other knows nothing of.

import type { Result } from '../../domain/result.ts';
import { type LockHeld, type LockOptions, processOwner, withLock } from '../state/lock.ts';
import { nodeDisk } from '../state/node-disk.ts';

/** Runs `run` as the only kernel of `folder`; the lock of a process that died is taken over. */
export async function asOnlyKernel<T>(
  folder: string,
  run: () => T | Promise<T>,
  owner: LockOptions['owner'] = processOwner(),
): Promise<Result<T, LockHeld>> {
  return await withLock(
    nodeDisk(folder),
    'kernel',
    { waitMs: 0, owner, sleep: async () => {}, where: folder },
    run,
  );
}
