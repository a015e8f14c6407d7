// What is left of a run where people look: its page, its outputs for later steps, and one issue while the job fails.

import { secretsOf, withoutSecrets } from '../adapters/terminal/log.ts';
import { isoFromMs } from '../domain/time.ts';
import type { JobSummary } from '../ports.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { newModels, setAside } from './run-did.ts';
import type { RunDone } from './run-jobs.ts';
import type { RunSession } from './run-session.ts';
import { exitCodeOf } from './run-step.ts';

/** A run as people are told of it; one that was refused before its session has no connection to GitHub. */
type ToldRun = Pick<RunSession, 'context' | 'github' | 'labels' | 'runUrl'>;

/** Tells of a run that has ended. The work is done by now, so whatever fails here is a warning. */
export async function tellResults(session: ToldRun, job: string, done: RunDone): Promise<void> {
  const code = exitCodeOf(done.steps);
  const { log, host } = session.context;
  const message = code === EXIT.done ? null : withoutSecrets(failureText(done), secretsOf(host.env));
  await orWarn(
    log.warn,
    'the page of this run',
    async () => await showPage(session, job, { done, code, message }),
  );
  await orWarn(log.warn, 'the outputs of this run', async () => await setOutputs(session, done, code));
  await orWarn(
    log.warn,
    'the issue about this job',
    async () => await keepIssue(session, job, { code, message }),
  );
}

async function orWarn(warn: (text: string) => void, what: string, tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    warn(`${what} could not be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Why it failed: the first words are those that the exit code stands for. */
function failureText({ steps }: RunDone): string {
  return steps
    .filter(({ exitCode }) => exitCode !== null && exitCode !== EXIT.done)
    .map(({ step, did, fault }) => `${step}: ${fault ?? did}`)
    .join('\n');
}

interface Ended {
  readonly done: RunDone;
  readonly code: ExitCode;
  readonly message: string | null;
}

/** Short sections first: a report can fill the whole page. */
async function showPage(session: ToldRun, job: string, ended: Ended): Promise<void> {
  const { jobSummaryOf } = await import('../adapters/actions/job-summary.ts');
  const { env } = session.context.host;
  const summary = jobSummaryOf(env);
  if (summary === null) return;
  const { done } = ended;
  const page: JobSummary = {
    write: async (markdown) => await summary.write(withoutSecrets(markdown, secretsOf(env))),
  };
  await page.write(await headerOf(session, job, ended));
  await showJobs(page, done);
  const { publishSummary } = await import('../supervision/job-summary-publish.ts');
  const { pushSummary } = await import('../supervision/job-summary-push.ts');
  const { dryRun } = session.context;
  if (done.watched !== null) {
    const { watchSummary } = await import('../supervision/job-summary-watch.ts');
    await page.write(watchSummary(done.watched));
  }
  if (done.published !== null) await page.write(publishSummary({ ...done.published, dryRun }));
  for (const push of toldPushes(done.pushes)) await page.write(pushSummary(push));
  if (done.supervised === null) return;
  const { runSummaryMarkdown } = await import('../supervision/report-markdown.ts');
  const { report, openVerdicts, newVerdicts, lastGood } = done.supervised;
  await page.write(runSummaryMarkdown(report, { openVerdicts, lastGood }, newVerdicts));
}

/** Those that changed something, or should have; where none did, it is said once that nothing changed. */
function toldPushes(pushes: RunDone['pushes']): RunDone['pushes'] {
  const told = pushes.filter(
    ({ pushed, error, dryRun, changed }) => pushed || error !== null || (dryRun && changed.length > 0),
  );
  return told.length > 0 ? told : pushes.slice(-1);
}

async function headerOf(session: ToldRun, job: string, { done, code, message }: Ended): Promise<string> {
  const { runSummaryHeader } = await import('../supervision/job-summary-header.ts');
  const { needsPerson } = await import('../supervision/report-attention.ts');
  const { clock, runId, dryRun, startedAtMs, schedule } = session.context;
  const { supervised, watched, steps } = done;
  return runSummaryHeader({
    ...{ job, runId, runUrl: session.runUrl, exitCode: code, dryRun, schedule, message },
    startedAt: isoFromMs(startedAtMs),
    durationMs: clock.nowMs() - startedAtMs,
    needPerson: supervised === null ? null : needsPerson(supervised.report, supervised.openVerdicts).length,
    notRunning: watched === null ? null : watched.findings.length,
    steps,
  });
}

async function showJobs(page: JobSummary, { reconciled, trained, ingested, file }: RunDone): Promise<void> {
  if (reconciled !== null) {
    const { reconcileSummary } = await import('../supervision/job-summary-reconcile.ts');
    await page.write(reconcileSummary(reconciled));
  }
  if (trained !== null) {
    const { trainSummary } = await import('../supervision/job-summary-train.ts');
    await page.write(trainSummary(trained));
  }
  if (ingested !== null) {
    const { ingestSummary } = await import('../supervision/job-summary-ingest.ts');
    await page.write(ingestSummary(ingested, file));
  }
}

async function setOutputs({ context }: ToldRun, done: RunDone, code: ExitCode): Promise<void> {
  const { env } = context.host;
  // The toolkit behind it takes longer to load than an ordinary run takes.
  if ((env['GITHUB_OUTPUT'] ?? '') === '') return;
  const { jobOutputsOf } = await import('../adapters/actions/job-outputs.ts');
  const outputs = jobOutputsOf(env);
  if (outputs === null) return;
  const { commit, pushed, reconciled, supervised, trained, ingested } = done;
  outputs.set('exit_code', code);
  outputs.set('commit', commit ?? '');
  outputs.set('pushed', pushed);
  if (reconciled !== null) outputs.set('rows', reconciled.due.reconciled);
  if (supervised !== null) outputs.set('verdicts', supervised.newVerdicts.length);
  if (trained !== null) outputs.set('models', newModels(trained));
  if (ingested !== null) outputs.set('events', ingested.counts.appended);
  if (done.site !== null) outputs.set('site', done.site);
  const rejects = setAside(reconciled) + (ingested?.counts.rejected ?? 0) + (ingested?.counts.conflicts ?? 0);
  if (reconciled !== null || ingested !== null) outputs.set('rejects', rejects);
}

/**
 * Only for runs of GitHub Actions that wrote. Somebody who starts a run by hand sees for themselves how it ends, and may have
 * mistyped; that the job is well again is worth knowing whoever finds out.
 */
async function keepIssue(
  { context, github, labels, runUrl }: ToldRun,
  job: string,
  { code, message }: Pick<Ended, 'code' | 'message'>,
): Promise<void> {
  const { clock, dryRun, host, log } = context;
  const isByHand = host.env['GITHUB_EVENT_NAME'] === 'workflow_dispatch';
  if (github === null || runUrl === null || dryRun || (isByHand && code !== EXIT.done)) return;
  const { publishJobIssue } = await import('../jobs/publish-job-issue.ts');
  const outcome = code === EXIT.done ? 'well' : 'failed';
  const at = isoFromMs(clock.nowMs());
  const told = { job, outcome, exitCode: code, message: message ?? '', runUrl, at, labels } as const;
  const { failed } = await publishJobIssue(github, told);
  for (const { what, error } of failed) log.warn(`${what} is not as it should be: ${error}`);
}
