// Everything a review says about a change of the configuration, from the files, the recorded past and what was decided.

import type { ConfigProblem } from '../adapters/config/yaml-file.ts';
import { parseYaml, type YamlDocument } from '../adapters/config/yaml-text.ts';
import type { AgentRegistry, WardenConfig } from '../domain/config.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { KillList } from '../domain/kill-list.ts';
import { AGENTS_FILE, KILL_LIST_FILE, WARDEN_FILE } from '../domain/proposal.ts';
import type { Result } from '../domain/result.ts';
import { ReviewConfig } from '../domain/supervisor-config.ts';
import { validate } from '../domain/validate.ts';
import { agentChanges, type RecordedAgents } from '../supervision/agent-changes.ts';
import { ANNOTATIONS_MAX, type Remark } from '../supervision/annotations.ts';
import { fileRemarks, nameRemarks, type PlaceOf } from '../supervision/config-remarks.ts';
import type { ReviewFacts } from '../supervision/config-review.ts';
import { recoverySaid } from '../supervision/episodes.ts';
import { type ConfigChange, limitChanges, statusChanges } from '../supervision/loosening.ts';
import { measuredOtherwise, ruleChanges } from '../supervision/loosening-rules.ts';
import { mdCode, mdText } from '../supervision/markdown.ts';
import { supervisorRules } from '../supervision/supervisor-rules.ts';
import { replayLimits } from '../supervision/whatif.ts';
import { recordedRows, whatIfMarkdown } from '../supervision/whatif-markdown.ts';
import {
  type FileStates,
  isTouched,
  type MergedConfig,
  type MergedFile,
  mergedConfig,
  type PullConfig,
} from './pull-config.ts';
import { promotionOf, type RecordedState } from './recorded-state.ts';

/** Of what a review says, all but the approvals, which are asked for only where they are needed. */
export interface Reviewed extends Omit<ReviewFacts, 'approvals'> {
  /** Whether the kill list and the rules are valid as merging would leave them. */
  readonly areLimitsKnown: boolean;
}

type Recorded = Result<RecordedState | null, string>;

interface Sides {
  readonly warden: Side<WardenConfig>;
  readonly agents: Side<AgentRegistry>;
  readonly killList: Side<KillList>;
}

/** A file before and after; `null`: there is none, or what it says is not known. */
interface Side<T> {
  readonly file: ConfigChange['file'];
  readonly states: FileStates;
  readonly base: T | null;
  readonly merged: T | null;
}

/** Returns what there is to say about a pull request that touches the configuration. `recorded`: the state, or why it cannot be read. */
export function reviewFacts(config: PullConfig, recorded: Recorded): Reviewed {
  const merged = mergedConfig(config, ANNOTATIONS_MAX);
  const state = recorded.ok ? recorded.value : null;
  const last = state?.lastSettings ?? null;
  const sides: Sides = {
    warden: sideOf(WARDEN_FILE, config.warden, merged.warden, last?.warden),
    agents: sideOf(AGENTS_FILE, config.agents, merged.agents, last?.agents),
    killList: sideOf(KILL_LIST_FILE, config.killList, merged.killList, last?.kill_list),
  };
  const all = [sides.warden, sides.agents, sides.killList];
  const touched = all.filter(({ states }) => isTouched(states));
  const texts = new Map<string, string>([
    // What is said of other files is said of the whole, whatever they hold.
    ...config.files.flatMap(({ path, status }) => (status === 'removed' ? [] : [[path, ''] as const])),
    ...touched.flatMap(({ file, states }) => (states.head === null ? [] : [[file, states.head] as const])),
  ]);
  const placeOf = placesIn(texts);
  const changes = changesOf(sides, state);
  const areLimitsKnown = sides.warden.merged !== null && sides.killList.merged !== null;
  return {
    remarks: [
      ...problemRemarks(merged, touched),
      ...fileRemarks(config.files),
      ...crossRemarks(sides, state, new Set(touched.map(({ file }) => file)), placeOf),
    ],
    texts,
    unknown: unknownWords(all, merged, recorded),
    changes,
    review: sides.warden.base?.review ?? defaultReview(),
    placeOf,
    whatIf: areLimitsKnown && changesLimits(changes) ? whatIfOf(sides, recorded) : null,
    areLimitsKnown,
  };
}

/** Where the base is broken or gone, the last good settings are in force, so they are what a change is compared with. */
function sideOf<T>(
  file: ConfigChange['file'],
  states: FileStates,
  { base, merged }: MergedFile<T>,
  lastGood: T | undefined,
): Side<T> {
  const isRead = base.ok && states.base !== null;
  const known = isRead ? base.value : (lastGood ?? null);
  return { file, states, base: known, merged: merged.ok ? merged.value : null };
}

function defaultReview(): ReviewConfig {
  const checked = validate(ReviewConfig, {});
  if (!checked.ok) throw new Error('the section review has a default for every key');
  return checked.value;
}

function problemRemarks(merged: MergedConfig, touched: readonly Side<unknown>[]): Remark[] {
  const files = new Set<string>(touched.map(({ file }) => file));
  const problems = Object.values(merged).flatMap((file): readonly ConfigProblem[] =>
    file.merged.ok ? [] : file.merged.error,
  );
  const failures = problems
    .filter(({ file }) => files.has(file))
    .map((problem): Remark => ({ ...problem, level: 'failure' }));
  const isAgentsGone = touched.some(({ file, states }) => file === AGENTS_FILE && states.head === null);
  const gone: Remark = {
    file: AGENTS_FILE,
    place: null,
    path: '',
    message: 'is removed: every agent is a shadow then, of the class that its signals name',
    level: 'warning',
  };
  return [...failures, ...(isAgentsGone ? [gone] : [])];
}

function crossRemarks(
  { agents, killList }: Sides,
  state: RecordedState | null,
  touched: ReadonlySet<string>,
  placeOf: PlaceOf,
): Remark[] {
  if (agents.merged === null || killList.merged === null) return [];
  const recorded =
    state === null ? null : [...new Set(state.lines.map(({ strategy_class }) => strategy_class))];
  return nameRemarks({ agents: agents.merged, killList: killList.merged }, recorded, touched, placeOf);
}

function placesIn(texts: ReadonlyMap<string, string>): PlaceOf {
  const documents = new Map<string, YamlDocument | null>();
  for (const [file, text] of texts) {
    const read = parseYaml(text);
    documents.set(file, read.ok ? read.value : null);
  }
  return (file, path) => documents.get(file)?.placeOf(path) ?? null;
}

function unknownWords(sides: readonly Side<unknown>[], merged: MergedConfig, recorded: Recorded): string[] {
  const found = Object.values(merged).flatMap(({ base }) => (base.ok ? [] : base.error));
  const broken = sides
    .filter(({ file }) => found.some((problem) => problem.file === file))
    .filter(({ states, base }) => states.base !== null || base !== null)
    .map(({ file, states, base }) => {
      const how = `${mdCode(file)} is ${states.base === null ? 'missing' : 'broken'} on the base`;
      return base === null
        ? `${how}, so it is not known what this changes there.`
        : `${how}; this is compared with the last good one, which is in force.`;
    });
  if (!recorded.ok) return [...broken, `The state cannot be read: ${mdText(recorded.error)}`];
  return recorded.value === null
    ? [...broken, 'There is no state yet: what was recorded, and what was decided, is not known.']
    : broken;
}

function changesOf({ warden, agents, killList }: Sides, state: RecordedState | null): ConfigChange[] {
  const found: ConfigChange[] = [warden, agents, killList].flatMap(wholeFile);
  if (killList.base !== null && killList.merged !== null) {
    const defaults = [warden.base, warden.merged].map((config) => config?.cvar.default_max_sigma);
    const [before, after] = [defaults[0] ?? defaults[1], defaults[1] ?? defaults[0]];
    found.push(
      ...statusChanges(killList.base, killList.merged, (strategyClass, entry) =>
        state === null ? null : recoverySaid(state.verdicts, strategyClass, entry) !== null,
      ),
      ...limitChanges(
        { killList: killList.base, defaultMaxSigma: before ?? 4 },
        { killList: killList.merged, defaultMaxSigma: after ?? 4 },
      ),
    );
  }
  if (warden.base !== null && warden.merged !== null) found.push(...ruleChanges(warden.base, warden.merged));
  if (agents.base !== null && agents.merged !== null) {
    const killLists = { base: killList.base ?? {}, head: killList.merged ?? {} };
    found.push(...agentChanges(agents.base, agents.merged, killLists, recordedAgents(state)));
  }
  return found;
}

function recordedAgents(state: RecordedState | null): RecordedAgents {
  const report = state?.report ?? null;
  const promotion = promotionOf(report);
  const agents = report?.agents ?? {};
  return {
    isEligible: (agent) => entryOf(promotion, agent)?.eligible ?? null,
    judgedClass: (agent) => entryOf(agents, agent)?.strategy_class ?? null,
  };
}

/** A file that is new had nothing to loosen; one whose base is not known may loosen anything. */
function wholeFile({ file, states, base, merged }: Side<unknown>): ConfigChange[] {
  if (!isTouched(states) || base !== null || merged === null) return [];
  const isNew = states.base === null;
  return [
    {
      file,
      subject: file,
      regime: null,
      what: '',
      path: '',
      before: null,
      after: isNew ? 'new' : 'valid',
      effect: isNew ? 'none' : 'unclear',
      share: null,
      meaning: isNew
        ? 'The file is new, so there is nothing before that it could loosen.'
        : 'What it says on the base is not known, so neither is what this loosens.',
    },
  ];
}

function changesLimits(changes: readonly ConfigChange[]): boolean {
  return changes.some(
    ({ file, what, path }) =>
      (file === KILL_LIST_FILE && what.startsWith('max_cvar_')) ||
      (file === WARDEN_FILE && path.startsWith('cvar.')),
  );
}

function whatIfOf({ warden, killList }: Sides, recorded: Recorded): string | null {
  const after = warden.merged;
  const before = warden.base ?? after;
  if (after === null || before === null || killList.base === null || killList.merged === null) return null;
  const lines = recorded.ok ? (recorded.value?.lines ?? []) : [];
  const rules = supervisorRules(before);
  const proposedRules = supervisorRules(after);
  return whatIfMarkdown({
    proposedBy: 'pull request',
    classes: replayLimits(
      lines,
      { current: killList.base, proposed: killList.merged, proposedRules },
      rules,
      ALWAYS,
    ),
    rows: recordedRows(lines, rules.cvar.horizon_hours),
    recordedLines: lines.length,
    horizons: { base: rules.cvar.horizon_hours, head: proposedRules.cvar.horizon_hours },
    measuredOtherwise: measuredOtherwise(before, after),
    problem: recorded.ok ? null : mdText(recorded.error),
  });
}

/** From the first recorded line to the last; the year 9999 is the last that an instant can say. */
const ALWAYS = { fromMs: 0, toMs: 253_402_300_799_999 };
