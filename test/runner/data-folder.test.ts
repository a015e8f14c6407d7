// A folder of a runner is of one environment for ever: what paper wrote is no history of real money.

import { describe, expect, it } from 'vitest';
import type { Pink } from '../../src/domain/pink-settings.ts';
import { claimFolder } from '../../src/runner/data-folder.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';

const of = (environment: Pink['venue']['environment']) => ({ venue: { environment } }) as Pink;

describe('a data folder', () => {
  it('is marked by the first runner, and taken by every later one of the same environment', () => {
    const disk = memoryDisk();

    expect(claimFolder(disk, 'state/pink', of('paper')).ok).toBe(true);
    expect(disk.dump()).toEqual({ 'environment.json': '{"environment":"paper"}\n' });
    expect(claimFolder(disk, 'state/pink', of('paper')).ok).toBe(true);
  });

  it.each(['demo', 'live'] as const)('of paper is refused under %s, and stays as it is', (environment) => {
    const disk = memoryDisk();
    claimFolder(disk, 'state/pink', of('paper'));

    expect(claimFolder(disk, 'state/pink', of(environment))).toMatchObject({
      ok: false,
      error: expect.stringMatching(
        `state/pink is not a folder of venue.environment ${environment}: it is of paper; name another with --data`,
      ),
    });
    expect(claimFolder(disk, 'state/pink', of('paper')).ok).toBe(true);
  });

  it.each(['', 'null', '{}', '{"environment":7}'])('whose mark %j cannot be read is refused', (text) => {
    const claimed = claimFolder(memoryDisk({ 'environment.json': text }), 'state/pink', of('paper'));

    expect(claimed).toMatchObject({ ok: false, error: expect.stringContaining('cannot be read') });
  });
});
