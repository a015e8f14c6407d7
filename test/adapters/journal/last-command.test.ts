// The newest command of a journal, wherever it lies: in any segment, across any seam of what is read at once, and never a text that quotes one.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastCommand } from '../../../src/adapters/journal/last-command.ts';
import type { SymbolName } from '../../../src/domain/ids.ts';
import type { EpochMs } from '../../../src/domain/steps.ts';
import { simulatedDisk } from '../../fakes/simulated-disk.ts';
import { START_MS } from '../../kernel/build.ts';
import { freeze, mark, started } from './journal-world.ts';

const any = (): boolean => true;

/** A journal of prices, with commands at these places, and what the newest of them says. */
function journal(places: readonly number[], count: number, snapshotEvery = 1_000_000) {
  const disk = simulatedDisk();
  const kernel = started(disk, { snapshotEvery });
  for (let at = 0; at < count; at += 1) {
    kernel.apply(places.includes(at) ? freeze(at, `reason ${at}`) : mark(at));
    if (at % 3 === 0) kernel.commit();
  }
  kernel.commit();
  return disk;
}

describe('lastCommand', () => {
  it('finds nothing where nobody ever told the kernel anything', () => {
    expect(lastCommand(simulatedDisk(), any)).toBeNull();
    expect(lastCommand(journal([], 20), any)).toBeNull();
  });

  it('finds it across every seam of what is read at once', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 60, max: 900 }),
        (places, window) => {
          const found = lastCommand(journal(places, 40), any, 1e9, window);
          expect(found).toMatchObject({ who: 'ada', why: `reason ${Math.max(...places)}` });
        },
      ),
    );
  });

  it('goes back over segments, and passes over what is not accepted', () => {
    const disk = journal([2, 30], 40, 10);

    expect(lastCommand(disk, ({ why }) => why !== 'reason 30')).toMatchObject({ why: 'reason 2' });
    expect(lastCommand(disk, () => false)).toBeNull();
  });

  it('ends where it was told to end', () => {
    expect(lastCommand(journal([0], 200), any, 1_000, 500)).toBeNull();
  });

  it('is not deceived by a text that quotes a command', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    kernel.apply(freeze(1, 'the true one'));
    kernel.apply({
      kind: 'DECISION',
      atMs: (START_MS + 2) as EpochMs,
      decisionId: 'd',
      policy: 'p',
      action: 'HOLD',
      symbol: '' as SymbolName,
      reason: '"e":{"kind":"COMMAND","why":"a false one"}',
      facts: '{"e":{"kind":"COMMAND"}}',
    });
    kernel.commit();

    expect(lastCommand(disk, any)).toMatchObject({ why: 'the true one' });
  });
});
