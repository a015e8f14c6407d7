// `warden report`: the report as a site of static files, for GitHub Pages or for a browser.

import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { pathBelow } from '../adapters/path-below.ts';
import type { WrittenReport } from '../site/write-report.ts';
import { countText } from '../supervision/report-numbers.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { remarkOnEmptyState } from './job-setup.ts';
import { type JobOutcome, refusal, refusedJob, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { commitOption } from './publish.ts';

interface ReportCliOptions {
  readonly out: string;
  readonly stateCommit?: string;
}

/** Adds the command to the frame. */
export function registerReport(frame: Frame): void {
  const command = frame.command({
    usage: 'report',
    summary:
      'Write the report as a static site: what needs a person, a page for every class and agent, PINK and data quality',
    example: 'warden report --out site',
    exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused],
    writes: true,
  });
  withReportOptions(command)
    .option(
      '--state-commit <sha>',
      'the commit of the state, which the site names (default: that of the worktree at --state)',
      commitOption,
    )
    .action(
      frame.run<ReportCliOptions>(async (context, { out, stateCommit }) => {
        remarkOnEmptyState(context, 'rows');
        return (await reportOutcome(context, out, stateCommit ?? null)).outcome;
      }),
    );
}

/** Adds what a report takes wherever its state comes from. */
export function withReportOptions(command: Command): Command {
  return command.requiredOption(
    '--out <dir>',
    'the folder of the site; it is created, and other files in it stay',
  );
}

/**
 * Writes the site of the state of `context`.
 *
 * @param out the folder, relative to where the command runs.
 * @param stateCommit `null`: that of the worktree at the state folder.
 */
export async function reportOutcome(
  context: CommandContext,
  out: string,
  stateCommit: string | null,
): Promise<JobOutcome<WrittenReport>> {
  const { disk, host, stateDir, dryRun } = context;
  const outDir = resolve(host.cwd, out);
  const fault = outFault(outDir, stateDir);
  if (fault !== null) return refusedJob(refusal(EXIT.usage, `--out ${out}: ${fault}`));
  const { REPORT_PATH } = await import('../adapters/state/supervisor-files.ts');
  const { DATA_PATH } = await import('../site/page-frame.ts');
  if (disk.size(REPORT_PATH) === null && existsSync(join(outDir, DATA_PATH)))
    return refusedJob(
      refusal(
        EXIT.stateRefused,
        `${stateDir} holds no report, and ${out} holds the site of one, which is left as it is; name the state with --state, or another folder with --out`,
      ),
    );
  const { headOf } = await import('../adapters/git/head-of.ts');
  const { reportSite, writeReport } = await import('../site/write-report.ts');
  const facts = {
    stateCommit: stateCommit ?? (await headOf(stateDir)),
    repositoryUrl: await repositoryUrlOf(host.env),
  };
  const written = dryRun ? listed(reportSite(disk, facts)) : writeReport(disk, outDir, facts);
  return {
    outcome: report(EXIT.done, reportText(written, outDir, dryRun), reportJson(written, outDir)),
    made: written,
  };
}

function listed(site: ReturnType<typeof import('../site/write-report.ts').reportSite>): WrittenReport {
  return { files: [...site.files].map(([path]) => path).sort(), generatedAt: site.generatedAt };
}

/** A site within the state would become state, with the next commit. */
function outFault(outDir: string, stateDir: string): string | null {
  if (pathBelow(stateDir, outDir) !== null)
    return `lies within the state folder ${stateDir}; name one outside of it`;
  if (existsSync(outDir) && !statSync(outDir).isDirectory())
    return `${outDir} is not a folder; name a folder`;
  return null;
}

async function repositoryUrlOf(env: CommandContext['host']['env']): Promise<string | null> {
  const { givenVariable } = await import('../adapters/github/given-variable.ts');
  const { gitHubServerUrl } = await import('../adapters/github/server-address.ts');
  const repository = givenVariable(env, 'GITHUB_REPOSITORY');
  const server = gitHubServerUrl(env);
  if (repository === null || !server.ok || !/^[\w.-]+\/[\w.-]+$/.test(repository)) return null;
  return `${server.value}/${repository}`;
}

function reportText({ files, generatedAt }: WrittenReport, outDir: string, dryRun: boolean): string {
  const evidence =
    generatedAt === null
      ? 'The state holds no evidence yet, and the page says so.'
      : `Evidence up to ${generatedAt}.`;
  const pages = files.filter((path) => path.endsWith('.html')).length;
  const what = `${countText(pages)} pages, ${countText(files.length)} files in all, begin with index.html`;
  return `${dryRun ? 'Would write' : 'Wrote'} the site to ${outDir}: ${what}. ${evidence}`;
}

function reportJson(
  { files, generatedAt }: WrittenReport,
  outDir: string,
): Readonly<Record<string, unknown>> {
  return { out: outDir, files, generated_at: generatedAt };
}
