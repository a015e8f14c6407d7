// A folder of a runner is of one environment for ever: what paper wrote is no history of real money.

import { describe, expect, it } from 'vitest';
import type { Pink } from '../../src/domain/pink-settings.ts';
import { folderProblem, markFolder } from '../../src/runner/data-folder.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';

const of = (environment: Pink['venue']['environment']) => ({ venue: { environment } }) as Pink;

describe('a data folder', () => {
  it('is marked once, and fits every later runner of the same environment', () => {
    const disk = memoryDisk();

    expect(folderProblem(disk, 'state/pink', of('paper'))).toBeNull();
    expect(disk.dump()).toEqual({});
    markFolder(disk, of('paper'));
    markFolder(disk, of('demo'));
    expect(disk.dump()).toEqual({ 'environment.json': '{"environment":"paper"}\n' });
    expect(folderProblem(disk, 'state/pink', of('paper'))).toBeNull();
  });

  it.each(['demo', 'live'] as const)('of paper is refused under %s', (environment) => {
    const disk = memoryDisk();
    markFolder(disk, of('paper'));

    expect(folderProblem(disk, 'state/pink', of(environment))).toMatch(
      `state/pink is not a folder of venue.environment ${environment}: it is of paper; name another with --data`,
    );
  });

  it.each(['', 'null', '{}', '{"environment":7}'])('whose mark %j cannot be read is refused', (text) => {
    const disk = memoryDisk({ 'environment.json': text });

    expect(folderProblem(disk, 'state/pink', of('paper'))).toContain('cannot be read');
  });
});
