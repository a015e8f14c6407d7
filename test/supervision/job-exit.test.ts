// What exit codes mean for people: one text for each code, the same on pages, in issues and in the documentation.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { jobExit } from '../../src/supervision/job-exit.ts';

const WHO = { nobody: 'nobody', next_run: 'the next run', person: 'a person' } as const;
/** Jobs neither verify the state nor talk to the kernel. */
const OF_NO_JOB: readonly number[] = [EXIT.differs, EXIT.kernelUnknown];
const CODES = Object.values(EXIT).filter((code) => !OF_NO_JOB.includes(code));

describe('an exit code', () => {
  it('has a meaning and a next step, whichever of the program it is', () => {
    for (const code of Object.values(EXIT)) {
      expect(jobExit(code).meaning).not.toContain('ended from outside');
      expect(jobExit(code).nextStep).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('that is none of the program comes from outside', () => {
    expect(jobExit(137)).toMatchObject({
      urgency: 'person',
      meaning: 'the run was ended from outside, with code 137',
    });
  });

  it.each(CODES)('%i means in the documentation what it means here', (code) => {
    const doc = readFileSync(resolve(import.meta.dirname, '../../docs/jobs.md'), 'utf8');
    const { meaning, urgency } = jobExit(code);

    expect(doc).toContain(`\n| ${code} | ${meaning} | ${WHO[urgency]} |\n`);
  });
});
