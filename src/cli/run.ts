// `warden run <job>`: a job on the state branch. Takes its newest commit, works, pushes one commit or none, and publishes what is pushed.

import type { Command } from 'commander';
import { stackText } from '../domain/causes.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { refusalOfError } from './failure.ts';
import { type NamedFile, withIngestOptions } from './ingest.ts';
import type { IntakeOptions } from './intake-options.ts';
import { jobUnderLock } from './job-setup.ts';
import { type Outcome, type Refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { type ReconcileCliOptions, withReconcileOptions } from './reconcile.ts';
import { withReportOptions } from './report.ts';
import type { RunState } from './run-change.ts';
import type { RunDone } from './run-jobs.ts';
import type { RunOptions, RunSession } from './run-session.ts';
import { type SuperviseCliOptions, withSuperviseOptions } from './supervise.ts';
import { type TrainCliOptions, withTrainOptions } from './train.ts';

const EVERY_CODE = [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.notPushed] as const;

/** An event is filed by its producer and month, and one of a month that is packed joins what is in the pack. */
const INTAKE_FOLDERS = ['alpha/events', 'alpha/rejects', 'telemetry', 'runs', 'packs'];

const ENVIRONMENT = `
Environment, as GitHub Actions and the workflows set it:
  GITHUB_REPOSITORY, GITHUB_SERVER_URL: where the state is
  GITHUB_TOKEN, or WARDEN_APP_ID and WARDEN_APP_PRIVATE_KEY: who writes there
  WARDEN_INPUTS: inputs of the workflow, as flags: {"dry_run": true}
  WARDEN_SCHEDULE: the cron line that started the run`;

/** Adds the commands to the frame. */
export function registerRun(frame: Frame): void {
  const jobs = frame.group('run', 'Run a job on the state branch: take it, work, push, publish');
  registerRunReconcile(jobs);
  registerRunTrain(jobs);
  registerRunSupervise(jobs);
  registerRunIngest(jobs);
  registerRunReport(jobs);
}

function registerRunReconcile(jobs: Frame): void {
  const codes = [EXIT.lossTooHigh, EXIT.noPrices, EXIT.sideEffectsOwed];
  const command = jobs.command({
    usage: 'reconcile',
    summary: 'Reconcile, supervise, push the state, and publish it',
    example: 'warden run reconcile --dry-run',
    exitCodes: [...EVERY_CODE, ...codes],
    writes: true,
    takesInputs: true,
  });
  withRunOptions(withReconcileOptions(command)).action(
    jobs.run<ReconcileCliOptions & RunOptions>(async (context, options) => {
      const { runReconcile } = await import('./run-jobs.ts');
      return await runJob(context, 'reconcile', options, {
        folders: 'all',
        run: async (session, state) => await runReconcile(session, state, options),
      });
    }),
  );
}

function registerRunTrain(jobs: Frame): void {
  const command = jobs.command({
    usage: 'train',
    summary: 'Train, push the models, and pack months that are long over',
    example: 'warden run train --dry-run',
    exitCodes: EVERY_CODE,
    writes: true,
    takesInputs: true,
  });
  withRunOptions(withTrainOptions(command)).action(
    jobs.run<TrainCliOptions & RunOptions>(async (context, options) => {
      const { runTrain } = await import('./run-jobs.ts');
      return await runJob(context, 'train', options, {
        folders: 'all',
        run: async (session, state) => await runTrain(session, state, options),
      });
    }),
  );
}

function registerRunSupervise(jobs: Frame): void {
  const command = jobs.command({
    usage: 'supervise',
    summary: 'Supervise, push the state, publish it, and look whether everything else runs',
    example: 'warden run supervise --dry-run',
    exitCodes: [...EVERY_CODE, EXIT.sideEffectsOwed],
    writes: true,
    takesInputs: true,
  });
  withRunOptions(withSuperviseOptions(command)).action(
    jobs.run<SuperviseCliOptions & RunOptions>(async (context, options) => {
      const { runSupervise } = await import('./run-jobs.ts');
      return await runJob(context, 'supervise', options, {
        folders: 'all',
        run: async (session, state) => await runSupervise(session, state, options),
      });
    }),
  );
}

function registerRunIngest(jobs: Frame): void {
  const command = jobs.command({
    usage: 'ingest [file]',
    summary: 'Append the signals of a file, or of the event that started the workflow, and push them',
    example: 'warden run ingest signals.jsonl --dry-run',
    exitCodes: [...EVERY_CODE, EXIT.inputRejected],
    writes: true,
    takesInputs: true,
  });
  withRunOptions(withIngestOptions(command)).action(
    jobs.run<IntakeOptions & RunOptions>(async (context, options, files) => {
      const { withSignals } = await import('./run-dispatch.ts');
      const { refusedRun, runIngest } = await import('./run-jobs.ts');
      const [file = null] = files;
      // A machine of GitHub is thrown away; on one that stays, people go on to look at what is there.
      const isOfGitHub = context.host.env['GITHUB_ACTIONS'] === 'true';
      return await runJob(context, 'ingest', options, {
        folders: isOfGitHub ? INTAKE_FOLDERS : 'all',
        async run(session, state) {
          const ingest = async (signals: readonly NamedFile[]) =>
            await runIngest(session, state, { options, signals, file });
          const ran = await withSignals(context.host, files, ingest);
          if (ran.ok) return ran.value;
          context.log.error(`ingest: ${ran.error.message}`);
          return refusedRun('ingest', ran.error);
        },
      });
    }),
  );
}

function registerRunReport(jobs: Frame): void {
  const command = jobs.command({
    usage: 'report',
    summary: 'Write the report of the newest state as a static site; nothing is pushed',
    example: 'warden run report --out site',
    exitCodes: EVERY_CODE,
    writes: true,
    takesInputs: true,
  });
  withRunOptions(withReportOptions(command)).action(
    jobs.run<{ readonly out: string } & RunOptions>(async (context, options) => {
      const { runReport } = await import('./run-jobs.ts');
      return await runJob(context, 'report', options, {
        folders: 'all',
        run: async (session) => await runReport(session, options.out),
      });
    }),
  );
}

function withRunOptions(command: Command): Command {
  return command
    .option('--branch <name>', 'the branch of the state (default: state.branch of warden.yaml)')
    .option('--remote <url>', 'the repository that has it (default: that of GITHUB_REPOSITORY, else origin)')
    .addHelpText('after', ENVIRONMENT);
}

interface Job {
  /** What of the state it needs. */
  readonly folders: readonly string[] | 'all';
  run(session: RunSession, state: RunState): Promise<RunDone>;
}

/** Two runs in one folder would each take away what the other is at, so the later one is refused at once. */
async function runJob(given: CommandContext, name: string, options: RunOptions, job: Job): Promise<Outcome> {
  const { scheduleOf, withSession } = await import('./run-session.ts');
  const context = { ...given, schedule: await scheduleOf(given) };
  const { nodeDisk } = await import('../adapters/state/node-disk.ts');
  const disk = context.dryRun ? context.disk : nodeDisk(context.stateDir);
  const held = await jobUnderLock(
    { disk },
    'run',
    async () => {
      const work = async (session: RunSession): Promise<Outcome> => await runInSession(session, name, job);
      const ran = await withSession(context, job.folders, options, work);
      if (!ran.ok) await tellRefusal(context, name, ran.error);
      return { outcome: ran.ok ? ran.value : ran.error, made: null };
    },
    0,
  );
  return held.outcome;
}

/** Where not even GitHub could be asked, its page is all that is left of a run. */
async function tellRefusal(context: CommandContext, name: string, refused: Refusal): Promise<void> {
  const { actionsRunUrl } = await import('../adapters/actions/run-url.ts');
  const { refusedRun } = await import('./run-jobs.ts');
  const { tellResults } = await import('./run-results.ts');
  const runUrl = actionsRunUrl(context.host.env);
  await tellResults({ context, github: null, labels: [], runUrl }, name, refusedRun(name, refused));
}

/** A run that throws has ended too, and whoever is told of failures is told of that one. */
async function runInSession(session: RunSession, name: string, job: Job): Promise<Outcome> {
  const { stateOf } = await import('./run-change.ts');
  const { tellResults } = await import('./run-results.ts');
  const { exitCodeOf } = await import('./run-step.ts');
  const { runJson, runText } = await import('./run-text.ts');
  try {
    const done = await job.run(session, stateOf(session));
    await tellResults(session, name, done);
    return report(exitCodeOf(done.steps), runText(session, name, done.steps), runJson(session, name, done));
  } catch (error) {
    const { refusedRun } = await import('./run-jobs.ts');
    const refused = refusalOfError(error);
    const message = stackText(error);
    await tellResults(session, name, refusedRun(name, refused ?? { exitCode: EXIT.defect, message }));
    if (refused === null) throw error;
    return refused;
  }
}
