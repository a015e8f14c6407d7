// Which errors are the world's, with what exit code, and which are defects of ours.

import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../src/adapters/state/corrupt-state.ts';
import { refusalOfError } from '../../src/cli/failure.ts';
import { GitHubError } from '../../src/domain/github.ts';

describe('an error', () => {
  it('of GitHub leaves side effects owed, and says what GitHub said', () => {
    const said = 'GET /repos/acme/desk answered 502: Server Error; the next run tries again';
    const refused = refusalOfError(new GitHubError('unavailable', 502, said));

    expect(refused).toEqual({ kind: 'refusal', exitCode: 7, message: said });
  });

  it('of a state that is corrupt refuses the state', () => {
    expect(refusalOfError(new CorruptStateError('supervisor/a.json', 'is no JSON'))?.exitCode).toBe(4);
  });

  it('of a full disk comes with the next step', () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' });

    expect(refusalOfError(full)).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('make room'),
    });
  });

  it('of anything else is a defect', () => {
    expect(refusalOfError(new TypeError('x is undefined'))).toBeNull();
    expect(refusalOfError('thrown text')).toBeNull();
  });
});
