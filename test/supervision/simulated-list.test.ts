// The kill list that a person asks to be replayed.

import { describe, expect, it } from 'vitest';
import type { KillList } from '../../src/domain/kill-list.ts';
import { simulatedList } from '../../src/supervision/simulated-list.ts';

const LIST: KillList = {
  macro: {
    status: 'ENABLED',
    max_cvar_sigma: 4,
    max_cvar_error_bps: 900,
    by_regime: { TREND: { max_cvar_sigma: 5 } },
  },
  pairs: { status: 'ENABLED', max_cvar_sigma: 3 },
};

describe('a simulated kill list', () => {
  it('has the limits that were asked for, and everything else as it was', () => {
    const changes = [{ limit: 'max_cvar_sigma', value: 3.5 }] as const;

    expect(simulatedList(LIST, ['macro'], changes)).toEqual({
      ...LIST,
      macro: { ...LIST['macro'], max_cvar_sigma: 3.5 },
    });
  });

  it('goes without a limit that is taken away', () => {
    const changes = [
      { limit: 'max_cvar_sigma', value: null },
      { limit: 'max_cvar_error_bps', value: 700 },
    ] as const;

    expect(simulatedList(LIST, ['pairs'], changes)['pairs']).toEqual({
      status: 'ENABLED',
      max_cvar_error_bps: 700,
    });
  });

  it.each(['news', 'constructor', '__proto__'])('gains a class %s that the list does not know', (name) => {
    const list = simulatedList(LIST, [name], [{ limit: 'max_cvar_sigma', value: 2 }]);

    expect(Object.hasOwn(list, name)).toBe(true);
    expect(list[name]).toEqual({ status: 'ENABLED', max_cvar_sigma: 2 });
    expect(list['macro']).toEqual(LIST['macro']);
  });
});
