// Who told a kernel what is in force, and why, where that was before everything that its recovery applied again.

import { lastCommand } from '../../adapters/journal/last-command.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { JournalDisk } from '../../ports.ts';
import type { ControlMemory } from './control-memory.ts';
import { hasEffect } from './control-request-id.ts';

/** Looks the command up in the journal where one is in force that the memory has not seen; called once, when a recovery is over. */
export function recallCommand(memory: ControlMemory, { trading }: KernelState, disk: JournalDisk): void {
  if (trading.command === 'RUN' || memory.command !== null) return;
  memory.rememberCommand(lastCommand(disk, hasEffect));
}
