// How a run ends and what is said of each of its steps: the first thing that went wrong is what a person has to look at.

import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode } from '../../src/cli/exit-codes.ts';
import { type JobOutcome, refusal, report } from '../../src/cli/outcome.ts';
import { exitCodeOf, jobStep, leftOut, refusedStep, type StepDone } from '../../src/cli/run-step.ts';

function step(exitCode: ExitCode | null): StepDone {
  return { ...leftOut('step', 'as told'), exitCode };
}

/** Runs a step that takes 40 ms, and keeps what is said aloud of it. */
async function stepOf(
  outcome: JobOutcome<string>,
  words: { fault?(made: string): string } = { fault: (made) => `${made} is too little` },
) {
  const errors: string[] = [];
  let nowMs = 1000;
  const ports = {
    clock: { nowMs: () => nowMs },
    log: { info() {}, warn() {}, error: (text: string) => void errors.push(text) },
  };
  const run = async () => {
    nowMs += 40;
    return outcome;
  };
  const { done, made } = await jobStep(ports, 'reconcile', run, { did: (it) => `made ${it}`, ...words });
  return { done, made, errors };
}

describe('a run', () => {
  it.each([
    ['no step did anything wrong', [EXIT.done, EXIT.done], EXIT.done],
    ['there is no step', [], EXIT.done],
    ['steps were left out', [EXIT.done, null], EXIT.done],
    ['one went wrong before another that went well', [EXIT.inputRejected, EXIT.done], EXIT.inputRejected],
    ['two went wrong', [EXIT.done, EXIT.notPushed, EXIT.usage], EXIT.notPushed],
    ['one went wrong behind one that was left out', [null, EXIT.usage], EXIT.usage],
  ])('ends as its first step that went wrong: %s', (_case, codes, code) => {
    expect(exitCodeOf(codes.map(step))).toBe(code);
  });
});

describe('a step', () => {
  it('says what it did, and how long it took', async () => {
    const { done, made, errors } = await stepOf({
      outcome: report(EXIT.done, 'two rows', { rows: 2 }),
      made: '2',
    });

    expect(done).toEqual({
      ...{ step: 'reconcile', exitCode: EXIT.done, did: 'made 2', fault: null, durationMs: 40 },
      ...{ text: 'two rows', json: { rows: 2 }, isRefused: false },
    });
    expect([made, errors]).toEqual(['2', []]);
  });

  it('has its fault where it did its work and did not end with 0', async () => {
    const outcome = { outcome: report(EXIT.inputRejected, '', {}), made: '2' };

    expect((await stepOf(outcome)).done).toMatchObject({ did: 'made 2', fault: '2 is too little' });
    const { done } = await stepOf(outcome, {});
    expect(done.fault).toBe('made 2');
  });

  it('that is refused says so at once, made nothing and still took its time', async () => {
    const { done, made, errors } = await stepOf({
      outcome: refusal(EXIT.usage, 'no such file'),
      made: null,
    });

    expect(done).toEqual({
      ...refusedStep('reconcile', { exitCode: EXIT.usage, message: 'no such file' }),
      durationMs: 40,
    });
    expect(done).toMatchObject({ isRefused: true, json: { error: 'no such file' } });
    expect([made, errors]).toEqual([null, ['reconcile: no such file']]);
  });

  it('that is left out has no exit code, no fault and nothing to show', () => {
    expect(leftOut('publish', 'nothing was pushed')).toEqual({
      ...{ step: 'publish', exitCode: null, did: 'nothing was pushed', fault: null, durationMs: 0 },
      ...{ text: '', json: {}, isRefused: true },
    });
  });

  it('that reports and made nothing is refused with what it reports', async () => {
    const { done } = await stepOf({ outcome: report(EXIT.inputRejected, 'nothing to read', {}), made: null });

    expect(done).toMatchObject({ did: 'nothing to read', isRefused: true, exitCode: EXIT.inputRejected });
  });
});
