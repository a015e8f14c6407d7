// Reads what publishing rests on: the state from disk, the configuration of the default branch, and the proposals at GitHub.

import { configProblemText } from '../adapters/config/config-files.ts';
import type { ConfigProblem } from '../adapters/config/yaml-file.ts';
import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { loadKernelSummary, readAcks } from '../adapters/state/kernel-records.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import {
  loadMetaReport,
  REPORT_PATH,
  readDivergence,
  readPromotion,
} from '../adapters/state/supervisor-files.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import { GitHubError, type RepositoryFacts } from '../domain/github.ts';
import type { KernelAck, KernelSummary } from '../domain/kernel-records.ts';
import { AGENTS_FILE, actionOf, branchOf, type ProposalKey, type ProposalPull } from '../domain/proposal.ts';
import { err, type Result } from '../domain/result.ts';
import { type Settings, settingsFrom } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import { DAY_MS, msFromIso } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Disk, GitHub, Log } from '../ports.ts';
import { openVerdicts } from '../supervision/open-verdicts.ts';
import { type ConfigTexts, configTextsAt, settingsOfTexts } from './config-at.ts';
import { type FoundProposal, findProposals, observed, unread } from './observe-proposals.ts';
import type { PublishContext, PublishPorts } from './publish-context.ts';

export interface PublishGitHubOptions {
  readonly nowMs: number;
  /** Commit of the state on the disk, where it is known. */
  readonly stateCommit: string | null;
  readonly codeVersion: string;
}

/** The configuration is broken, and no earlier one is known. */
interface NoSettings {
  readonly repository: RepositoryFacts;
  readonly problems: readonly string[];
}

/** A run that closed a pull request and died is looked for this long: the next one says why it is closed. */
const RECENTLY_CLOSED_MS = 7 * DAY_MS;

/**
 * Returns the context. Pull requests are listed before the default branch is read, so that one that was merged meanwhile is not
 * taken for one whose merge a person took back.
 *
 * @throws GitHubError where GitHub cannot be asked.
 * @throws CorruptStateError where verdicts, alerts or gates cannot be read: what they no longer call for would be withdrawn.
 */
export async function readPublishContext(
  { github, disk, log }: PublishPorts,
  options: PublishGitHubOptions,
): Promise<Result<PublishContext, NoSettings>> {
  const { nowMs, stateCommit, codeVersion } = options;
  const verdicts = readVerdicts(disk);
  const alerts = readDivergence(disk)?.alerts ?? [];
  const promotion = readPromotion(disk);
  const report = readReport(disk, log);
  const repository = await github.repository();
  const found = await findProposals(github, keysOf(verdicts));
  const baseSha = await github.head(repository.defaultBranch);
  if (baseSha === null)
    throw new GitHubError(
      'missing',
      null,
      `${repository.fullName} has no commit on ${repository.defaultBranch} yet`,
    );
  const lastGood = report === null ? null : readSettings(disk, report.config_hash);
  const read = refusingLostAgents(await configTextsAt(github, baseSha), lastGood);
  const problems = read.ok ? [] : read.error.map(configProblemText);
  // Stored by a version that knew fewer keys, they have gained defaults, and so another hash.
  const settings = read.ok ? read.value : lastGood === null ? null : settingsFrom(lastGood);
  if (settings === null) return err({ repository, problems });
  const open = openVerdicts(verdicts, settings, { promotion, alerts });
  const proposals = await proposalsAt(github, found, keysOf(open), nowMs);
  return {
    ok: true,
    value: {
      ...{ nowMs, stateCommit, codeVersion, repository, baseSha, settings, problems },
      ...{ verdicts, openVerdicts: open, report, promotion, alerts, proposals },
      acks: acksOf(disk, log),
      summary: summaryOf(disk, log, nowMs),
    },
  };
}

/** Returns the proposals of a context as they are now. */
export async function rereadProposals(
  github: GitHub,
  { openVerdicts: open, verdicts, nowMs }: PublishContext,
): Promise<readonly ProposalPull[]> {
  return await proposalsAt(github, await findProposals(github, keysOf(verdicts)), keysOf(open), nowMs);
}

function keysOf(verdicts: readonly Verdict[]): readonly ProposalKey[] {
  return verdicts.map(({ kind, subject, episode }) => ({ action: actionOf(kind), subject, episode }));
}

/** Comments and branches are read where they matter: of open ones, of those that are called for, and of those closed lately. */
async function proposalsAt(
  github: GitHub,
  found: readonly FoundProposal[],
  wanted: readonly ProposalKey[],
  nowMs: number,
): Promise<readonly ProposalPull[]> {
  const branches = new Set(wanted.map(branchOf));
  const proposals: ProposalPull[] = [];
  for (const each of found) {
    const { state, closedAt } = each.pull;
    const isRecent = closedAt !== null && nowMs - msFromIso(closedAt) < RECENTLY_CLOSED_MS;
    const matters = state === 'open' || branches.has(branchOf(each.key)) || isRecent;
    proposals.push(matters ? await observed(github, each) : unread(each));
  }
  return proposals;
}

/** Without agents.yaml there is no agent. Where there were some, the file is lost, and nobody is moved for that. */
function refusingLostAgents(
  texts: ConfigTexts,
  lastGood: Settings | null,
): Result<Settings, readonly ConfigProblem[]> {
  const known = Object.keys(lastGood?.agents ?? {}).length;
  if (texts.agents !== null || known === 0) return settingsOfTexts(texts);
  const message = `is missing, and ${known} agents were known before; restore it, or write {} to say that there is none`;
  return err([{ file: AGENTS_FILE, place: null, path: '', message }]);
}

/** Verdicts speak for themselves, so a report that cannot be read holds nothing up. */
function readReport(disk: Disk, log: Log): MetaReport | null {
  const file = loadMetaReport(disk);
  if (file.ok) return file.value;
  log.warn(
    `${REPORT_PATH} ${file.error}; pull requests go without it, and the next supervise run writes it anew`,
  );
  return null;
}

function acksOf(disk: Disk, log: Log): readonly KernelAck[] | null {
  try {
    return readAcks(disk);
  } catch (error) {
    if (!(error instanceof CorruptStateError)) throw error;
    log.warn(`${error.message} Until then nothing is said about acknowledgements.`);
    return null;
  }
}

function summaryOf(disk: Disk, log: Log, nowMs: number): KernelSummary | null {
  const read = loadKernelSummary(disk, nowMs);
  if (read.ok) return read.value;
  log.warn(`${read.error}; the state of the kernel is unknown until its runner writes it anew`);
  return null;
}
