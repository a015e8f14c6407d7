// What emit and ingest share: where records go, and what a person reads who met a locked state.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { lockedRefusal, producerName } from '../../src/cli/intake-options.ts';
import { NO_COUNTS } from '../../src/jobs/intake.ts';

const HELD = { name: 'events-emit', owner: null, message: 'the lock is held' };

describe('lockedRefusal', () => {
  it('says that nothing was stored where the first batch met the lock', () => {
    const refused = lockedRefusal(HELD, NO_COUNTS);

    expect(refused).toEqual({
      kind: 'refusal',
      exitCode: EXIT.stateRefused,
      message: 'the lock is held; nothing was stored, send the same input again',
    });
  });

  it('says how far a longer input came', () => {
    const refused = lockedRefusal(HELD, { ...NO_COUNTS, read: 7, appended: 6, rejected: 1 });

    expect(refused.message).toContain('the first 7 lines are stored, send the same input again');
  });
});

describe('producerName', () => {
  it('takes the names that become folders as they are', () => {
    expect(producerName('desk-7')).toBe('desk-7');
  });

  it('says what was expected instead of any other', () => {
    expect(() => producerName('Desk 7')).toThrow('1 to 32 of a-z, 0-9 and -');
  });
});
