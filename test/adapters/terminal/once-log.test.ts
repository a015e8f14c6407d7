// A log that does not say the same twice.

import { describe, expect, it } from 'vitest';
import { onceLog } from '../../../src/adapters/terminal/once-log.ts';
import type { Log } from '../../../src/ports.ts';
import { memoryLog } from '../../app/deliveries.ts';

function said(levels: readonly (keyof Log)[]) {
  const base = memoryLog();
  const log = onceLog(base, levels);
  for (const say of [log.info, log.warn, log.error, log.warn, log.info]) say('a');
  log.warn('b');
  return base.lines;
}

describe('a log that does not say the same twice', () => {
  it('says everything at the other levels', () => {
    expect(said(['warn'])).toEqual(['info a', 'warn a', 'error a', 'info a', 'warn b']);
  });

  it('takes what is said at two levels for two things', () => {
    expect(said(['info', 'warn', 'error'])).toEqual(['info a', 'warn a', 'error a', 'warn b']);
  });
});
