// Answers that only read: why a class or an agent stands where it does, and what other limits would have done.

import { readCellLines } from '../adapters/state/cell-log.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { KillList } from '../domain/kill-list.ts';
import { isoFromMs } from '../domain/time.ts';
import { nearest } from '../domain/validate.ts';
import type { GitHub, Log } from '../ports.ts';
import type { LimitChange } from '../supervision/command.ts';
import { explanationMarkdown } from '../supervision/explain-markdown.ts';
import { measuredOtherwise } from '../supervision/loosening-rules.ts';
import { mdCode, mdName, mdText } from '../supervision/markdown.ts';
import { simulatedList } from '../supervision/simulated-list.ts';
import { supervisorRules } from '../supervision/supervisor-rules.ts';
import type { ReplayedLists } from '../supervision/whatif.ts';
import { recordedRows, whatIfMarkdown } from '../supervision/whatif-markdown.ts';
import { type CommandGround, type CommandOptions, knownClasses } from './command-ground.ts';
import { explain, type SubjectKind } from './explain.ts';
import { lookOfState } from './look-of-state.ts';
import { mergedConfig, touchedConfig } from './pull-config.ts';
import { whatIf } from './whatif.ts';

/** What came of a command. */
export interface Outcome {
  readonly isDone: boolean;
  /** Markdown. */
  readonly body: string;
}

const SILENT = { start: () => {}, advance: () => {}, done: () => {} };

export function done(body: string): Outcome {
  return { isDone: true, body };
}

/** `sentence` is text of anybody: it is escaped here. */
export function refused(sentence: string): Outcome {
  const text = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
  return { isDone: false, body: mdText(/[.!?]$/.test(text) ? text : `${text}.`) };
}

const NO_STATE = 'there is no state branch yet; the first run of warden supervise makes it';

/**
 * Explains a class or an agent as the newest run of the supervisor saw it, under its settings, so that the command it names gives
 * the same numbers. Where it cannot be told what that was, under the settings of the default branch and as of now.
 */
export function answerExplain(
  ground: CommandGround,
  name: string,
  log: Log,
  { nowMs, codeVersion }: CommandOptions,
): Outcome {
  if (ground.state === null) return refused(NO_STATE);
  const { disk, commit } = ground.state;
  const look = lookOfState(disk);
  const { settings, asOfMs } = look.ok ? look.value : { settings: ground.settings, asOfMs: nowMs };
  const place = { stateCommit: look.ok ? commit : null, at: isoFromMs(asOfMs) };
  const known = (kind: SubjectKind | null) =>
    explain({ disk, log, progress: SILENT }, { name, kind, verdict: null, asOfMs, settings, codeVersion });
  const explained = known(null);
  // A class and an agent may bear one name; both are shown then.
  const all = explained.ok ? [explained] : [known('class'), known('agent')];
  const texts = all.flatMap((each) => (each.ok ? [explanationMarkdown(each.value.subject, place)] : []));
  if (texts.length !== all.length) return refused(explained.ok ? NO_STATE : explained.error);
  const isOlder = settings.config_hash !== ground.settings.config_hash;
  return done([...(isOlder ? [OTHER_SETTINGS] : []), ...texts].join('\n\n'));
}

const OTHER_SETTINGS =
  'The configuration on the default branch has changed since the newest run of the supervisor; what follows is as that run saw it.';

/** Replays what was recorded under other limits: those given, or those that a pull request asks for. */
export async function answerSimulate(
  github: GitHub,
  ground: CommandGround,
  asked: {
    readonly strategyClass: string | null;
    readonly changes: readonly LimitChange[];
    readonly number: number;
  },
  { nowMs }: CommandOptions,
): Promise<Outcome> {
  if (ground.state === null) return refused(NO_STATE);
  const { strategyClass, changes } = asked;
  const classes = knownClasses(ground);
  if (strategyClass !== null && !classes.includes(strategyClass))
    return refused(unknownClass(strategyClass, classes));
  const lists =
    changes.length === 0
      ? await listsOfPull(github, ground, asked.number)
      : {
          current: ground.settings.kill_list,
          proposed: simulatedList(
            ground.settings.kill_list,
            strategyClass === null ? classes : [strategyClass],
            changes,
          ),
          measuredOtherwise: [],
        };
  if (typeof lists === 'string') return refused(lists);
  const rules = supervisorRules(ground.settings.warden);
  const { disk } = ground.state;
  const found = whatIf(disk, { lists, rules, fromMs: null, toMs: nowMs });
  const replayed =
    strategyClass === null
      ? found.classes
      : found.classes.filter(({ strategy_class }) => strategy_class === strategyClass);
  if (strategyClass !== null && replayed.length === 0 && found.recorded_lines > 0)
    return done(`Nothing was recorded of ${mdName(strategyClass)} yet, so there is nothing to replay.`);
  const proposedRules = lists.proposedRules ?? rules;
  const whole = whatIfMarkdown({
    proposedBy: changes.length === 0 ? 'pull request' : 'comment',
    classes: replayed,
    rows: recordedRows(readCellLines(disk), rules.cvar.horizon_hours),
    recordedLines: found.recorded_lines,
    horizons: { base: rules.cvar.horizon_hours, head: proposedRules.cvar.horizon_hours },
    measuredOtherwise: lists.measuredOtherwise,
    problem: null,
  });
  const words = changes.map(({ limit, value }) => mdCode(`${limit}=${value ?? 'none'}`)).join(' ');
  const whose = strategyClass === null ? 'every class' : mdName(strategyClass);
  const ofRegimes =
    changes.length > 0 && replayed.some(({ strategy_class: name }) => hasRegimes(lists.current, name));
  const regimes = ofRegimes ? ' Limits of single regimes stay as they are.' : '';
  const asks = `Below, *base* are the limits in force, and *this* those that were asked for: ${words} of ${whose}.${regimes}`;
  return done(changes.length === 0 ? whole : `${asks}\n\n${whole}`);
}

function hasRegimes(list: KillList, strategyClass: string): boolean {
  const entry = entryOf(list, strategyClass);
  return Object.keys(entry?.by_regime ?? {}).length > 0;
}

interface ComparedLists extends ReplayedLists {
  readonly measuredOtherwise: readonly string[];
}

/** The lists before and after a merge, or the sentence that says why there is nothing to compare. */
async function listsOfPull(
  github: GitHub,
  ground: CommandGround,
  number: number,
): Promise<ComparedLists | string> {
  const pull = await github.pull(number);
  const without = 'give limits, as /warden simulate macro max_cvar_sigma=3.5';
  if (pull === null) return `this is no pull request, so it asks for no limits; ${without}`;
  const config = await touchedConfig(github, pull, ground.baseSha);
  if (config === null) return `this pull request edits no limits; ${without}`;
  const { killList, warden } = mergedConfig(config, 1);
  if (!killList.merged.ok || !warden.merged.ok)
    return 'the configuration of this pull request is wrong; the check warden/config says where';
  return {
    current: ground.settings.kill_list,
    proposed: killList.merged.value,
    proposedRules: supervisorRules(warden.merged.value),
    measuredOtherwise: measuredOtherwise(ground.settings.warden, warden.merged.value),
  };
}

const NAMES_SHOWN_MAX = 20;

/** Returns the sentence about a class that nothing knows. */
export function unknownClass(name: string, classes: readonly string[]): string {
  const close = nearest(name, classes);
  const listed = classes.slice(0, NAMES_SHOWN_MAX).join(', ') || 'none';
  const hint = close === null ? '' : ` did you mean "${close}"?`;
  return `there is no strategy class "${name}";${hint} known: ${listed}${classes.length > NAMES_SHOWN_MAX ? ', …' : ''}`;
}
