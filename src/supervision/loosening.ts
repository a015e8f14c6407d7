// How much a change of the kill list loosens: every limit that applies to a class or one of its regimes, before and after.

import type { WardenConfig } from '../domain/config.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { DisabledClass, KillList } from '../domain/kill-list.ts';
import { type AGENTS_FILE, KILL_LIST_FILE, type WARDEN_FILE } from '../domain/proposal.ts';
import { msFromIso } from '../domain/time.ts';
import { limitsOf } from './limits.ts';
import { brief } from './report-numbers.ts';

/** `unclear`: it may loosen or tighten, depending on the market. `none`: nothing is stopped sooner or later by it. */
export type Effect = 'looser' | 'tighter' | 'unclear' | 'none';

/** One thing that a change of the configuration changes. */
export interface ConfigChange {
  readonly file: typeof KILL_LIST_FILE | typeof WARDEN_FILE | typeof AGENTS_FILE;
  /** Strategy class, agent, or dotted key of warden.yaml: text of others. */
  readonly subject: string;
  /** The regime of a class, where the change is not of the class as a whole. */
  readonly regime: string | null;
  /** What of the subject changes, `max_cvar_sigma`; empty where the subject says it. */
  readonly what: string;
  /** Dotted path of it in the file. */
  readonly path: string;
  /** As people read it; `null` where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  readonly effect: Effect;
  /** By which share of the value before; `null` where no share says it: removed, switched, or from zero. */
  readonly share: number | null;
  /** What follows from it, as a sentence. */
  readonly meaning: string;
}

/** A kill list with the default of the warden.yaml beside it. */
interface LimitSide {
  readonly killList: KillList;
  readonly defaultMaxSigma: number;
}

/** Whether the supervisor itself says that a disabled class has recovered; `null`: nothing is known. */
type RecoveryKnown = (strategyClass: string, entry: DisabledClass) => boolean | null;

type Unit = 'max_cvar_sigma' | 'max_cvar_error_bps';
const UNITS: readonly Unit[] = ['max_cvar_sigma', 'max_cvar_error_bps'];

/**
 * Returns the limits that differ between two kill lists, by class, regime and unit, as they apply after inheritance and
 * defaults. A regime is named only where it differs otherwise than its class. A class that neither list gives a limit is not
 * named: `cvar.default_max_sigma` is. Every limit that is set counts, so one that is gone is a loosening, whatever is left.
 */
export function limitChanges(base: LimitSide, head: LimitSide): ConfigChange[] {
  const classes = new Set([...Object.keys(base.killList), ...Object.keys(head.killList)]);
  return [...classes].sort().flatMap((strategyClass) => {
    const ofClass = UNITS.flatMap((unit) => limitChange(base, head, { strategyClass, regime: null, unit }));
    const ofRegimes = regimesOf(strategyClass, base, head).flatMap((regime) =>
      UNITS.flatMap((unit) => limitChange(base, head, { strategyClass, regime, unit })),
    );
    const own = ofRegimes.filter(
      (change) => !ofClass.some((each) => each.what === change.what && isSameChange(each, change)),
    );
    return [...ofClass, ...own];
  });
}

/** Returns the classes that one list stops and the other lets in, and what that does. */
export function statusChanges(base: KillList, head: KillList, recovered: RecoveryKnown): ConfigChange[] {
  const classes = new Set([...Object.keys(base), ...Object.keys(head)]);
  return [...classes].sort().flatMap((strategyClass) => {
    const before = entryOf(base, strategyClass);
    const after = entryOf(head, strategyClass);
    const isStopped = before?.status === 'DISABLED';
    const common = {
      file: KILL_LIST_FILE as typeof KILL_LIST_FILE,
      subject: strategyClass,
      regime: null,
      what: 'status',
      path: `${strategyClass}.status`,
      before: before?.status ?? null,
      after: after?.status ?? null,
      share: null,
    };
    if (isStopped && after?.status !== 'DISABLED')
      return [{ ...common, ...letInAgain(recovered(strategyClass, before)) }];
    if (!isStopped && after?.status === 'DISABLED')
      return [
        {
          ...common,
          effect: 'tighter' as const,
          meaning: 'The kernel refuses every entry of this class once it is merged. Exits are never refused.',
        },
      ];
    if (isStopped && after?.status === 'DISABLED') return stillStopped(common, before, after);
    return before === undefined && after !== undefined ? [known(common)] : [];
  });
}

/** What recovery is judged by: the rows since then, and the cells that breached in the episode. */
function stillStopped(
  common: Omit<ConfigChange, 'effect' | 'meaning'>,
  before: DisabledClass,
  after: DisabledClass,
): ConfigChange[] {
  const changed = (what: 'since' | 'episode', effect: Effect, meaning: string): ConfigChange[] =>
    before[what] === after[what]
      ? []
      : [
          {
            ...common,
            what,
            path: `${common.subject}.${what}`,
            before: before[what],
            after: after[what],
            effect,
            meaning,
          },
        ];
  return [
    ...changed(
      'since',
      msFromIso(after.since) < msFromIso(before.since) ? 'looser' : 'tighter',
      'The class stays stopped; its cool-down, and the rows by which it recovers, count from this instant.',
    ),
    ...changed(
      'episode',
      'unclear',
      'The class stays stopped; it recovers by what breached in this episode instead.',
    ),
  ];
}

function known(common: Omit<ConfigChange, 'effect' | 'meaning'>): ConfigChange {
  const meaning =
    'The list names the class from now on. What it does not name may enter under the default limit.';
  return { ...common, effect: 'none', meaning };
}

function letInAgain(isRecovered: boolean | null): Pick<ConfigChange, 'effect' | 'meaning'> {
  const entries = 'The kernel takes entries of this class again once it is merged';
  if (isRecovered === true)
    return { effect: 'none', meaning: `${entries}. The supervisor says that it has recovered.` };
  const why =
    isRecovered === null
      ? 'whether it has recovered is not known'
      : 'the supervisor does not say that it has recovered: a person lets it in by hand';
  return { effect: 'looser', meaning: `${entries}, and ${why}.` };
}

interface LimitPlace {
  readonly strategyClass: string;
  /** `null`: every regime that has no limits of its own. */
  readonly regime: string | null;
  readonly unit: Unit;
}

function limitChange(base: LimitSide, head: LimitSide, place: LimitPlace): ConfigChange[] {
  const { strategyClass, regime, unit } = place;
  const [before, after] = [limitAt(base, place), limitAt(head, place)];
  const areDefaults = before.source === 'default' && after.source === 'default';
  if (before.value === after.value || areDefaults) return [];
  const share =
    before.value === null || after.value === null ? null : Math.abs(after.value / before.value - 1);
  const effect = isLooser(before.value, after.value) ? 'looser' : 'tighter';
  return [
    {
      file: KILL_LIST_FILE,
      subject: strategyClass,
      regime,
      what: unit,
      path: pathOf(head.killList, place),
      before: limitText(before),
      after: limitText(after),
      effect,
      share,
      meaning: limitMeaning(before.value, after.value),
    },
  ];
}

function isLooser(before: number | null, after: number | null): boolean {
  if (before === null) return false;
  return after === null || after > before;
}

function limitMeaning(before: number | null, after: number | null): string {
  if (after === null) return 'This limit no longer stops the class.';
  if (before === null) return 'One more limit stops the class; every limit that is breached counts.';
  return after > before
    ? 'A stop is proposed later, after a worse tail.'
    : 'A stop is proposed sooner, after a lighter tail.';
}

interface Limit {
  readonly value: number | null;
  readonly source: 'regime' | 'class' | 'default';
}

/** No regime has the empty name, so it stands for those that have no limits of their own. */
function limitAt(
  { killList, defaultMaxSigma }: LimitSide,
  { strategyClass, regime, unit }: LimitPlace,
): Limit {
  const limits = limitsOf(killList, strategyClass, regime ?? '', defaultMaxSigma);
  return { value: limits[unit], source: limits.source };
}

function limitText({ value, source }: Limit): string | null {
  if (value === null) return null;
  return source === 'default' ? `${brief(value)} (default)` : brief(value);
}

function pathOf(killList: KillList, { strategyClass, regime, unit }: LimitPlace): string {
  const ofRegime =
    regime === null ? undefined : entryOf(entryOf(killList, strategyClass)?.by_regime ?? {}, regime);
  const isInRegime = regime !== null && ofRegime !== undefined;
  return isInRegime ? `${strategyClass}.by_regime.${regime}.${unit}` : `${strategyClass}.${unit}`;
}

function regimesOf(strategyClass: string, ...sides: readonly LimitSide[]): string[] {
  const names = sides.flatMap(({ killList }) =>
    Object.keys(entryOf(killList, strategyClass)?.by_regime ?? {}),
  );
  return [...new Set(names)].sort();
}

function isSameChange(a: ConfigChange, b: ConfigChange): boolean {
  return a.before === b.before && a.after === b.after;
}

/**
 * Returns the changes that need more than one approval: those that loosen, or may, by more than `limit` of the value before,
 * and those that no share describes.
 */
export function beyondLimit(
  changes: readonly ConfigChange[],
  limit: WardenConfig['review']['loosening_limit'],
) {
  // A share is a quotient of decimals: 4.0 → 4.8 is 20 %, whatever binary fractions say.
  const TOLERANCE = 1e-9;
  return changes.filter(
    ({ effect, share }) =>
      (effect === 'looser' || effect === 'unclear') && (share === null || share > limit + TOLERANCE),
  );
}
