// The inputs of a workflow as flags: what they become, what wins over them, and that no value is ever more than a value.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { report } from '../../src/cli/outcome.ts';
import type { Register } from '../../src/cli/program.ts';
import { runInMemory } from './memory-host.ts';

interface Seen {
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
}

const SPEC = {
  summary: 'Look around',
  example: 'warden job probe',
  exitCodes: [EXIT.done],
  writes: true,
} as const;

/** `job probe [file]` and `job bare`, which take inputs, and `plain`, which does not. */
function probes(see: (seen: Seen) => void): Register {
  return (frame) => {
    const jobs = frame.group('job', 'Jobs');
    jobs
      .command({ ...SPEC, usage: 'bare', takesInputs: true })
      .option('--since <when>', 'from when on')
      .action(
        frame.run(async (_context, options, args) => {
          see({ options: { ...options }, args });
          return report(EXIT.done, '', {});
        }),
      );
    jobs
      .command({ ...SPEC, usage: 'probe [file]', takesInputs: true })
      .option('--since <when>', 'from when on')
      .option('--horizons <list>', 'which')
      .option('--telemetry', 'of another kind')
      .option('--no-checkpoint', 'all of it')
      .action(
        frame.run(async (_context, options, args) => {
          see({ options: { ...options }, args });
          return report(EXIT.done, '', {});
        }),
      );
    frame.command({ ...SPEC, usage: 'plain' }).action(
      frame.run(async (_context, options, args) => {
        see({ options: { ...options }, args });
        return report(EXIT.done, '', {});
      }),
    );
  };
}

async function probe(inputs: string | undefined, argv: readonly string[] = [], command = ['job', 'probe']) {
  const seen: Seen[] = [];
  const env = inputs === undefined ? {} : { WARDEN_INPUTS: inputs };
  const run = await runInMemory([probes((each) => seen.push(each))], [...command, ...argv], {
    cwd: '.',
    env,
  });
  return { ...run, seen: seen[0] ?? null };
}

const DEFAULTS = { state: 'state/data', checkpoint: true };

describe('the inputs of a workflow', () => {
  it.each([
    [undefined],
    [''],
    [' '],
    ['null'],
    ['{}'],
    ['{"since":"","telemetry":false,"horizons":null,"file":""}'],
  ])('are none where they are %j', async (inputs) => {
    expect((await probe(inputs)).seen).toEqual({ options: DEFAULTS, args: [] });
  });

  it('are the flags of their names', async () => {
    const inputs = { since: '7d', horizons: '1,24', dry_run: true, telemetry: 'true', no_checkpoint: true };
    const { seen } = await probe(JSON.stringify(inputs));

    const options = { state: 'state/data', since: '7d', horizons: '1,24', dryRun: true, telemetry: true };
    expect(seen).toEqual({ options: { ...options, checkpoint: false }, args: [] });
  });

  it('write a number out', async () => {
    expect((await probe('{"horizons":24}')).seen?.options).toMatchObject({ horizons: '24' });
  });

  it('are the argument of that name', async () => {
    expect((await probe('{"file":"signals/a b.jsonl","since":"1d"}')).seen).toEqual({
      options: { ...DEFAULTS, since: '1d' },
      args: ['signals/a b.jsonl'],
    });
  });

  it('are flags only where the command has no argument', async () => {
    expect((await probe('{"since":"7d","dry_run":true}', [], ['job', 'bare'])).seen).toEqual({
      options: { state: 'state/data', since: '7d', dryRun: true },
      args: [],
    });
    expect((await probe('{"file":"a"}', [], ['job', 'bare'])).exitCode).toBe(3);
  });

  it('give way to what was typed', async () => {
    const inputs = '{"file":"of-the-input","since":"7d"}';
    const { seen } = await probe(inputs, ['--horizons', 'typed', '--since', '1d', 'typed']);

    expect(seen).toEqual({ options: { ...DEFAULTS, horizons: 'typed', since: '1d' }, args: ['typed'] });
  });

  it('keep their argument where only options were typed', async () => {
    const { seen } = await probe('{"file":"of-the-input"}', ['--since', '1d', '--telemetry']);

    expect(seen).toMatchObject({ args: ['of-the-input'], options: { since: '1d', telemetry: true } });
  });

  it.each([
    ['after --', ['--', '-typed'], ['-typed']],
    ['after a flag', ['--telemetry', 'typed'], ['typed']],
    ['after the value of an option that has it within', ['--since=1d', 'typed'], ['typed']],
    ['as -', ['-'], ['-']],
    ['after an option and a lone --', ['--since', '1d', '--'], ['of-the-input']],
  ])('give way to an argument that was typed %s', async (_where, typed, args) => {
    expect((await probe('{"file":"of-the-input"}', typed)).seen?.args).toEqual(args);
  });

  it('are not looked at by a command that no workflow runs', async () => {
    expect((await probe('nonsense', [], ['plain'])).exitCode).toBe(0);
  });
});

describe('inputs that fit no flag', () => {
  it.each([
    ['{"horizon":"1"}', 'the input "horizon", which warden job probe does not take; did you mean horizons?'],
    ['{"colour":"red"}', 'does not take; expected one of file, state, config, now, json, dry_run, '],
    ['{"dry-run; rm":"1"}', 'has the input "dry-run; rm"'],
    ['{"dry_run":"yes"}', 'the input dry_run is "yes"; expected true or false'],
    ['{"since":true}', 'the input since is true; expected the value of --since'],
    ['{"since":["1"]}', 'the input since is neither text, a number nor a boolean'],
    ['{"file":["1"]}', 'the input file is neither text, a number nor a boolean'],
    ['{"file":"--state=elsewhere"}', 'expected one that does not begin with -'],
    ['[]', 'WARDEN_INPUTS holds no JSON object'],
    ['{"since"', 'WARDEN_INPUTS holds no JSON object'],
  ])('%s are wrong usage', async (inputs, message) => {
    const run = await probe(inputs);

    expect(run).toMatchObject({ exitCode: 3, stdout: '', seen: null });
    expect(run.stderr).toContain(message);
  });

  it('are said as JSON too', async () => {
    const run = await probe('{"horizon":"1"}', ['--json']);

    expect(run.json()).toMatchObject({ exit_code: 3, error: expect.stringContaining('did you mean') });
  });
});

describe('the value of an input', () => {
  const hostile = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom(
      '--state=/etc',
      '--',
      '-V',
      '--help',
      '--version',
      '-h',
      '$(touch x)',
      'a\nb',
      '\u0000',
      '=',
      '--since',
    ),
    fc.string().map((text) => `--${text}`),
  );

  it('is only ever the value of its own option', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (since, horizons) => {
        const { seen, exitCode } = await probe(JSON.stringify({ since, horizons }));

        expect(exitCode).toBe(0);
        expect(seen).toEqual({ options: { ...DEFAULTS, since, horizons }, args: [] });
      }),
    );
  });

  it('is only ever the argument, or refused', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (file) => {
        const { seen, exitCode } = await probe(JSON.stringify({ file, telemetry: true }));

        if (file.startsWith('-')) expect([exitCode, seen]).toEqual([3, null]);
        else expect(seen).toEqual({ options: { ...DEFAULTS, telemetry: true }, args: [file] });
      }),
    );
  });
});
