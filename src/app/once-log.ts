// A log that gives each warning once: what a sweep finds every quarter of an hour is news only the first time.

import type { Log } from '../ports.ts';

/** Returns a log over `log` that remembers its warnings until the program ends. */
export function onceLog(log: Log): Log {
  const said = new Set<string>();
  return {
    info: (message) => log.info(message),
    error: (message) => log.error(message),
    warn(message) {
      if (said.has(message)) return;
      said.add(message);
      log.warn(message);
    },
  };
}
