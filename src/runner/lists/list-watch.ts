// Obeys the lists: a good change is in force at once, and a broken one leaves the last good one in force and is said until it is mended.

import { assert } from '../../domain/assert.ts';
import { causeText } from '../../domain/causes.ts';
import type { KillList } from '../../domain/kill-list.ts';
import type { EpochMs } from '../../domain/steps.ts';
import type { Allocation } from '../../domain/supervisor.ts';
import { isoFromMs, msFromIso } from '../../domain/time.ts';
import type { Disk, Log, Timers } from '../../ports.ts';
import { type ClassInForce, type ListInForce, type ListsInForce, NO_LISTS } from '../facts.ts';
import type { Take } from '../record.ts';
import { loadListMemory, saveListMemory } from './list-memory.ts';
import type { ListSource, ListTexts } from './list-source.ts';
import { permissionsOf, permissionsVersion } from './permissions.ts';
import { goneAllocation, type ReadList, readAllocation, readKillList } from './read-lists.ts';
import { ToldProblem } from './told-problem.ts';

/** Half of the second in which a change has to be in force. */
const LOOK_MS = 500;
/** A file is read again although nothing says that it changed: some file systems tell late, or never. */
const READ_AGAIN_MS = 30_000;
/** A file that is being saved is whole after this time. */
const DOUBT_MS = 100;

export interface ListWatchDeps {
  readonly source: ListSource;
  readonly take: Take;
  /** Version of the lists that the kernel goes by; `null`: none, and nobody may enter. */
  readonly versionInForce: () => string | null;
  /** The runner's own folder. */
  readonly disk: Disk;
  readonly timers: Timers;
  readonly log: Log;
  /** As which the kernel's own entries are judged. */
  readonly agent: string;
  readonly isMoneyReal: boolean;
  /** Called after the lists in force, or what is wrong with them, have changed. */
  readonly onChange: (lists: ListsInForce) => void;
}

export interface ListWatch {
  /** What is in force now. */
  inForce(): ListsInForce;
  /** When the kernel was handed the version that it goes by, epoch ms; `null`: it goes by none that is known here. */
  handedAtMs(): number | null;
  /** Remembers what was in force before, looks at once, and from then on twice a second. The kernel has to take events by then. */
  begin(): void;
  /** Looks now. */
  look(): void;
  end(): void;
}

/** A list that was good, and since when it is in force. */
type Good<T> = ReadList<T> & { readonly appliedAtMs: number };

interface Doubt {
  readonly problem: string;
  readonly sinceMs: number;
  isCalled: boolean;
}

export function watchLists(deps: ListWatchDeps): ListWatch {
  return new Watch(deps);
}

class Watch implements ListWatch {
  private readonly deps: ListWatchDeps;
  private killList: Good<KillList> | null = null;
  private allocation: Good<Allocation> | null = null;
  private lists = NO_LISTS;
  private handedMs: number | null = null;
  private stamp: string | null = null;
  private readAtMs = 0;
  /** What was found broken, and since when; it is called so when it still is a moment later. */
  private doubt: Doubt | null = null;
  private readonly told = new ToldProblem();
  private isOwed = false;
  private isRefusalHanded = false;
  private callOff: () => void = () => undefined;
  private callOffDoubt: () => void = () => undefined;

  constructor(deps: ListWatchDeps) {
    this.deps = deps;
  }

  inForce(): ListsInForce {
    return this.lists;
  }

  handedAtMs(): number | null {
    return this.handedMs;
  }

  begin(): void {
    this.remember();
    const round = (): void => {
      this.callOff = this.deps.timers.after(LOOK_MS, round);
      this.look();
    };
    round();
  }

  end(): void {
    this.callOff();
    this.callOffDoubt();
  }

  /** What was in force when the runner ended. It was good then, so it is now, unless the schema has changed. */
  private remember(): void {
    const { disk, log, versionInForce } = this.deps;
    const loaded = loadListMemory(disk);
    if (!loaded.ok) {
      log.warn(`The lists that were in force before are not known: lists.json ${loaded.error}.`);
      return;
    }
    if (loaded.value === null) return;
    const { kill_list, allocation, permissions_version, handed_at } = loaded.value;
    const text = (kept: typeof kill_list) => ({ ...kept, shownAs: 'lists.json', fault: null });
    const killList = readKillList(text(kill_list));
    const share = allocation === null ? null : readAllocation(text(allocation));
    if (killList.kind === 'list')
      this.killList = { ...killList, appliedAtMs: msFromIso(kill_list.applied_at) };
    if (allocation !== null && share?.kind === 'list')
      this.allocation = { ...share, appliedAtMs: msFromIso(allocation.applied_at) };
    if (this.killList === null || permissions_version !== versionInForce()) return;
    this.handedMs = msFromIso(handed_at);
    this.lists = this.listsOf(this.killList, this.allocation, null);
  }

  look(): void {
    const { source, timers } = this.deps;
    const nowMs = timers.nowMs();
    const stamp = source.stamp();
    const isSame = stamp === this.stamp && nowMs - this.readAtMs < READ_AGAIN_MS;
    if (isSame && this.doubt?.isCalled !== false && !this.isOwed) {
      this.sayProblem(this.lists.problem, nowMs);
      return;
    }
    const texts = source.read();
    if (texts === null) return;
    this.stamp = stamp;
    this.readAtMs = nowMs;
    this.follow(texts, nowMs);
  }

  private follow(texts: ListTexts, nowMs: number): void {
    const killRead = readKillList(texts.killList);
    let shareRead = readAllocation(texts.allocation);
    if (shareRead.kind === 'none' && this.allocation !== null)
      shareRead = goneAllocation(texts.allocation.shownAs);
    const problems = [killRead, shareRead].flatMap((each) => (each.kind === 'bad' ? [each.problem] : []));
    const isCalled = this.isCalledBroken(problems.join('; '), nowMs);
    const killList = killRead.kind === 'list' ? since(killRead, this.killList, nowMs) : this.killList;
    const allocation = shareRead.kind === 'list' ? this.shareOf(shareRead, nowMs) : this.allocation;
    const isShareKnown = shareRead.kind !== 'bad' || allocation !== null;
    if (killList !== null && isShareKnown) this.putInForce(killList, allocation, nowMs);
    else if (isCalled) this.refuseEntries();
    if (isCalled || problems.length === 0) this.sayProblem(this.problemOf(problems), nowMs);
  }

  /** Every run of the supervisor is a commit, and most of them say the same: only of the kill list does it matter which one. */
  private shareOf(read: ReadList<Allocation>, nowMs: number): Good<Allocation> {
    const { allocation } = this;
    return allocation?.sha256 === read.sha256 ? allocation : { ...read, appliedAtMs: nowMs };
  }

  /** Whether what is broken was so a moment ago already: half a file is no mistake of anybody. */
  private isCalledBroken(problem: string, nowMs: number): boolean {
    if (problem === '') {
      this.doubt = null;
      return false;
    }
    if (this.doubt?.problem !== problem) this.doubt = { problem, sinceMs: nowMs, isCalled: false };
    const leftMs = this.doubt.sinceMs + DOUBT_MS - nowMs;
    if (leftMs > 0) {
      this.callOffDoubt();
      this.callOffDoubt = this.deps.timers.after(leftMs, () => this.look());
      return false;
    }
    this.doubt.isCalled = true;
    return true;
  }

  private putInForce(killList: Good<KillList>, allocation: Good<Allocation> | null, nowMs: number): void {
    const { agent, isMoneyReal, take, versionInForce, log } = this.deps;
    const version = permissionsVersion(killList.sha256, allocation?.sha256 ?? null, agent);
    const isNew = version !== versionInForce();
    const isSame = killList === this.killList && allocation === this.allocation && this.handedMs !== null;
    if (!isNew && isSame) {
      this.isOwed = false;
      return;
    }
    if (!this.isOwed) this.keep(version, killList, allocation, nowMs);
    if (isNew) {
      const { permissions } = permissionsOf(killList.value, allocation?.value ?? null, agent, isMoneyReal);
      const outcome = take((atMs) => ({ kind: 'PERMISSIONS', atMs, version, permissions }));
      // A kernel that takes nothing sends nothing either; the next one is told at its start.
      this.isOwed = outcome === null;
      if (outcome === null) return;
      assert(outcome.isAccepted, () => `the kernel refused the lists: ${outcome.code} ${outcome.details}`);
    }
    this.isOwed = false;
    this.killList = killList;
    this.allocation = allocation;
    this.handedMs = nowMs;
    this.lists = this.listsOf(killList, allocation, this.lists.problem);
    log.info(`In force: ${classesText(this.lists.classes)}${commitText(killList.commit)}.`);
    this.deps.onChange(this.lists);
  }

  private keep(
    version: string,
    killList: Good<KillList>,
    allocation: Good<Allocation> | null,
    nowMs: number,
  ): void {
    const kept = ({ text, commit, appliedAtMs }: Good<unknown>) => ({
      text,
      commit,
      applied_at: isoFromMs(appliedAtMs),
    });
    try {
      saveListMemory(this.deps.disk, {
        v: 1,
        permissions_version: version,
        handed_at: isoFromMs(nowMs),
        kill_list: kept(killList),
        allocation: allocation === null ? null : kept(allocation),
      });
    } catch (error) {
      // What a person decided must not wait for a disk.
      this.deps.log.error(`The lists in force could not be kept in lists.json: ${causeText(error)}.`);
    }
  }

  private refuseEntries(): void {
    const { take, versionInForce } = this.deps;
    if (this.isRefusalHanded || versionInForce() !== null) return;
    const make = (atMs: EpochMs) =>
      ({ kind: 'PERMISSIONS', atMs, version: 'none', permissions: null }) as const;
    this.isRefusalHanded = take(make) !== null;
  }

  private problemOf(problems: readonly string[]): string | null {
    const age = this.deps.source.age();
    const all = age === null ? problems : [...problems, age];
    if (all.length === 0) return null;
    const consequence =
      this.deps.versionInForce() === null
        ? 'there was no good one before, so entries are refused'
        : 'what was good last stays in force';
    return `${all.join('; ')}; ${consequence}`;
  }

  /** Once for each change, and again as long as it lasts. */
  private sayProblem(problem: string | null, nowMs: number): void {
    const { log } = this.deps;
    const before = this.lists.problem;
    if (problem !== before) {
      this.lists = { ...this.lists, problem };
      this.deps.onChange(this.lists);
    }
    if (problem === null) {
      if (this.told.over()) log.info('The lists can be read again.');
      return;
    }
    if (this.told.note(problem, nowMs)) log.error(`${problem}.`);
  }

  private listsOf(
    killList: Good<KillList>,
    allocation: Good<Allocation> | null,
    problem: string | null,
  ): ListsInForce {
    const { classes } = permissionsOf(
      killList.value,
      allocation?.value ?? null,
      this.deps.agent,
      this.deps.isMoneyReal,
    );
    return {
      killList: inForceOf(killList),
      allocation: allocation === null ? null : inForceOf(allocation),
      classes,
      problem,
    };
  }
}

/** The very one that is in force, where nothing of it has changed. */
function since<T>(read: ReadList<T>, before: Good<T> | null, nowMs: number): Good<T> {
  const isSame = before !== null && before.sha256 === read.sha256 && before.commit === read.commit;
  return isSame ? before : { ...read, appliedAtMs: nowMs };
}

function inForceOf({ sha256, commit, appliedAtMs }: Good<unknown>): ListInForce {
  return { sha256, commit, appliedAtMs };
}

function classesText(classes: ReadonlyMap<string, ClassInForce>): string {
  const words = [...classes].map(([name, { isEnabled, episode, sizeFactor }]) =>
    isEnabled ? `${name} may enter, size × ${sizeFactor}` : `${name} is disabled, ${episode}`,
  );
  return words.length === 0 ? 'a kill list without a class' : words.join('; ');
}

function commitText(commit: string | null): string {
  return commit === null ? '' : ` (kill list of commit ${commit.slice(0, 12)})`;
}
