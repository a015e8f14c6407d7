// A log that does not say the same twice: what a sweep finds again, or a run that is computed again, is news only the first time.

import type { Log } from '../../ports.ts';

/** Returns a log over `log` that remembers what it said at `levels` until the program ends; at other levels it says everything. */
export function onceLog(log: Log, levels: readonly (keyof Log)[]): Log {
  const said = new Set<string>();
  const at = (level: keyof Log) => (message: string) => {
    const line = `${level} ${message}`;
    if (said.has(line)) return;
    if (levels.includes(level)) said.add(line);
    log[level](message);
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
