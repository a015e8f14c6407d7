// A check on a commit, kept true: one run of a name, written only where its result is another, and never left unfinished.

import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import { type CheckOutput, type CheckRun, GITHUB_LIMITS, GitHubError } from '../domain/github.ts';
import type { GitHub, Log } from '../ports.ts';
import type { CheckResult } from '../supervision/config-review.ts';
import { fitMarkdownBytes } from '../supervision/markdown-fit.ts';

type Checking = Pick<GitHub, 'checkRuns' | 'startCheck' | 'completeCheck'>;

/** The check on the configuration of a pull request, and the one on whether a proposal is still called for. */
export const CONFIG_CHECK = 'warden/config';
export const PROPOSAL_CHECK = 'warden/proposal';

interface CheckPlace {
  readonly name: typeof CONFIG_CHECK | typeof PROPOSAL_CHECK;
  readonly headSha: string;
  /** Markdown, put below the summary: when and from which commits. It makes no result another one. */
  readonly provenance: string;
}

/** What is in the id of a run where it has no annotations. */
const NO_ANNOTATIONS = '0';
/** Of a run whose result GitHub refused: which of its annotations it took is not known. */
const REFUSED_TITLE = 'The result could not be shown';

/**
 * Makes `result` what the check says. The newest run is started anew where its annotations, to which GitHub only adds, are
 * those of the result or none; else there is a new one.
 *
 * @throws GitHubError where it cannot be written; the run is completed all the same where GitHub lets us.
 */
export async function keepCheck(
  github: Checking,
  { name, headSha, provenance }: CheckPlace,
  result: CheckResult,
): Promise<'written' | 'unchanged'> {
  const { conclusion, output } = result;
  const annotations = output.annotations.length === 0 ? NO_ANNOTATIONS : digest(output.annotations);
  const externalId = `${digest({ conclusion, ...output })}.${annotations}`;
  const newest = (await github.checkRuns(headSha, name)).at(-1);
  const isDone = newest?.status === 'completed';
  if (isDone && newest.externalId === externalId && newest.title === output.title) return 'unchanged';
  const isRefused = newest?.title === REFUSED_TITLE;
  const shown = isDone && !isRefused ? annotationsOf(newest) : NO_ANNOTATIONS;
  const isReused = newest !== undefined && !isRefused && (shown === NO_ANNOTATIONS || shown === annotations);
  const { id } = await github.startCheck({
    name,
    headSha,
    externalId,
    ...(isReused ? { runId: newest.id } : {}),
  });
  const toSend: CheckOutput = {
    ...output,
    summary: summaryWith(output.summary, provenance),
    annotations: shown === annotations ? [] : output.annotations,
  };
  await completed(github, id, { conclusion, output: toSend });
  return 'written';
}

/** Where it comes from is said in full, however long the rest is. */
function summaryWith(summary: string, provenance: string): string {
  if (provenance === '') return summary;
  const below = `\n\n${provenance}`;
  const bytesMax = GITHUB_LIMITS.checkTextBytes - Buffer.byteLength(below);
  return fitMarkdownBytes(summary, bytesMax, '_The rest does not fit into a check._') + below;
}

/** A run that stays in progress holds up every merge, so one whose result GitHub refuses is completed with that. */
async function completed(github: Checking, id: number, { conclusion, output }: CheckResult): Promise<void> {
  try {
    await github.completeCheck(id, conclusion, output);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.kind !== 'refused') throw error;
    await github.completeCheck(id, 'failure', {
      title: REFUSED_TITLE,
      summary:
        'GitHub refused the result of this check. Start it again; the log of Warden says what GitHub answered.',
      text: '',
      annotations: [],
    });
    throw error;
  }
}

/**
 * Judges and keeps the check. Where judging fails the check says so, as a failure that the next attempt replaces, and the
 * error goes on to the caller.
 */
export async function judgedCheck(
  { github, log }: { readonly github: Checking; readonly log: Log },
  place: Omit<CheckPlace, 'provenance'>,
  judge: () => Promise<{ readonly result: CheckResult; readonly provenance: string }>,
): Promise<{ readonly result: CheckResult; readonly written: 'written' | 'unchanged' }> {
  let judged: Awaited<ReturnType<typeof judge>>;
  try {
    judged = await judge();
  } catch (error) {
    log.error(`${place.name} on ${place.headSha}: the check did not finish; it says so on the commit`);
    await sayUnfinished(github, log, place, error);
    throw error;
  }
  return { result: judged.result, written: await keepCheck(github, { ...place, ...judged }, judged.result) };
}

/** The first failure is what the caller is told: where this one fails too, that is a line in the log. */
async function sayUnfinished(
  github: Checking,
  log: Log,
  place: Omit<CheckPlace, 'provenance'>,
  cause: unknown,
): Promise<void> {
  try {
    await keepCheck(github, { ...place, provenance: '' }, unfinished(cause));
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    log.warn(`${place.name} on ${place.headSha}: nor could it be said there: ${error.message}`);
  }
}

function unfinished(error: unknown): CheckResult {
  const why =
    error instanceof GitHubError ? 'GitHub did not give what it needs' : 'the log of Warden says why';
  return {
    conclusion: 'failure',
    output: {
      title: 'The check did not finish',
      summary: `The check did not finish: ${why}. Start it again here, or push another commit.`,
      text: '',
      annotations: [],
    },
  };
}

function annotationsOf({ externalId }: CheckRun): string {
  return externalId.slice(externalId.indexOf('.') + 1);
}

function digest(value: unknown): string {
  return sha256Hex(canonicalJson(value)).slice(0, 32);
}
