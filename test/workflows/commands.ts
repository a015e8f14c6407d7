// The command lines of Warden as data: what each command takes, read from the real registry without running anything.

import { Command } from 'commander';
import type { Frame, Register } from '../../src/cli/program.ts';

interface CommandFacts {
  readonly command: Command;
  readonly writes: boolean;
  readonly takesInputs: boolean;
}

/** Every command by its words, as `run reconcile`. */
export function commandsOf(registers: readonly Register[]): ReadonlyMap<string, CommandFacts> {
  const found = new Map<string, CommandFacts>();
  const frame = (prefix: string): Frame => ({
    group: (name) => frame(`${prefix}${name} `),
    command({ usage, writes, takesInputs = false }) {
      const command = new Command().command(usage);
      found.set(`${prefix}${command.name()}`, { command, writes, takesInputs });
      return writes ? command.option('--dry-run') : command;
    },
    run: () => async () => undefined,
  });
  for (const register of registers) register(frame(''));
  return found;
}
