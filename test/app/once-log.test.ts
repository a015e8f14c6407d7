// A log that gives each warning once.

import { describe, expect, it } from 'vitest';
import { onceLog } from '../../src/app/once-log.ts';
import { memoryLog } from './deliveries.ts';

describe('a log that gives each warning once', () => {
  it('passes everything else on', () => {
    const base = memoryLog();
    const log = onceLog(base);
    for (const say of [log.info, log.warn, log.error, log.warn, log.info]) say('a');
    log.warn('b');

    expect(base.lines).toEqual(['info a', 'warn a', 'error a', 'info a', 'warn b']);
  });
});
