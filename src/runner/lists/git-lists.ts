// The lists as they are at the remote: asked for again and again beside the kernel, and kept for the time when nobody answers.

import type { BranchFile, RemoteFile } from '../../adapters/git/remote-file.ts';
import { causeText, stackText } from '../../domain/causes.ts';
import { err, type Result } from '../../domain/result.ts';
import { isoFromMs, MINUTE_MS } from '../../domain/time.ts';
import type { Log, Timers } from '../../ports.ts';
import type { PartHealth } from '../record.ts';
import type { ListSource, ListText } from './list-source.ts';
import { ToldProblem } from './told-problem.ts';

/** A remote that is silent for longer is down, and what is in force may be old. */
const DOWN_AFTER_MS = 5 * MINUTE_MS;

export interface GitListsDeps {
  /** `config/kill-list.yaml` of the branch that people merge to. */
  readonly killList: RemoteFile;
  /** `supervisor/allocation.json` of the state branch. */
  readonly allocation: RemoteFile;
  /** How the files are named to people, as `origin/main:config/kill-list.yaml`. */
  readonly shownAs: { readonly killList: string; readonly allocation: string };
  readonly everyMs: number;
  readonly timers: Timers;
  readonly log: Log;
  /** Called after a look that found something new, or failed. */
  readonly onLook: () => void;
}

export interface GitLists {
  readonly source: ListSource;
  health(): PartHealth;
  /** Reads what is known from before, and looks from then on. Resolves after the first look. */
  begin(): Promise<void>;
  /** Looks no more; what is under way is not waited for. */
  end(): void;
}

export function gitLists(deps: GitListsDeps): GitLists {
  return new Lists(deps);
}

/** `null`: the branch is not there. `undefined`: nothing is known. */
type Known = BranchFile | null | undefined;

class Lists implements GitLists {
  readonly source: ListSource = {
    stamp: () => this.stamp(),
    read: () => this.read(),
    age: () => this.age(),
  };
  private readonly deps: GitListsDeps;
  private killList: Known;
  private allocation: Known;
  private askedAtMs: number | null = null;
  private failing: { readonly sinceMs: number; readonly problem: string } | null = null;
  private readonly told = new ToldProblem();
  private hasEnded = false;
  private callOff: () => void = () => undefined;

  constructor(deps: GitListsDeps) {
    this.deps = deps;
  }

  async begin(): Promise<void> {
    const { killList, allocation, log } = this.deps;
    const [list, share] = await Promise.all([answerOf(killList.known()), answerOf(allocation.known())]);
    for (const each of [list, share])
      if (!each.ok) log.warn(`What was fetched of the lists before cannot be read: ${each.error}.`);
    // A branch of which nothing was fetched may well be there.
    if (list.ok && list.value !== null) this.killList = list.value;
    if (share.ok && share.value !== null) this.allocation = share.value;
    if (this.killList !== undefined && !this.hasEnded) this.lookedAt();
    await this.round();
  }

  end(): void {
    this.hasEnded = true;
    this.callOff();
  }

  health(): PartHealth {
    const { failing, askedAtMs } = this;
    const base = { name: 'git', lastAtMs: askedAtMs };
    if (failing === null && askedAtMs === null) return { ...base, state: 'stale', why: 'not asked yet' };
    if (failing === null) return { ...base, state: 'up', why: '' };
    const isDown = this.deps.timers.nowMs() - failing.sinceMs >= DOWN_AFTER_MS;
    return { ...base, state: isDown ? 'down' : 'stale', why: failing.problem };
  }

  private async round(): Promise<void> {
    if (this.hasEnded) return;
    await this.ask();
    if (this.hasEnded) return;
    this.callOff = this.deps.timers.after(this.deps.everyMs, () => void this.round());
    this.lookedAt();
  }

  /** A defect behind it must not be the end of all looks either. */
  private lookedAt(): void {
    try {
      this.deps.onLook();
    } catch (error) {
      this.deps.log.error(`What the remote said could not be followed: ${stackText(error)}.`);
    }
  }

  private async ask(): Promise<void> {
    const { timers } = this.deps;
    const beganAtMs = timers.nowMs();
    const [list, share] = await Promise.all([
      answerOf(this.deps.killList.newest()),
      answerOf(this.deps.allocation.newest()),
    ]);
    if (list.ok) this.killList = list.value;
    if (share.ok) this.allocation = share.value;
    const problems = [list, share].flatMap((each) => (each.ok ? [] : [each.error]));
    if (problems.length === 0) {
      this.askedAtMs = beganAtMs;
      if (this.failing !== null) this.deps.log.info('The remote of the lists answers again.');
      this.failing = null;
      this.told.over();
      return;
    }
    const problem = [...new Set(problems)].join('; ');
    this.failing = { sinceMs: this.failing?.sinceMs ?? beganAtMs, problem };
    this.tell(problem, beganAtMs);
  }

  private tell(problem: string, nowMs: number): void {
    if (!this.told.note(problem, nowMs)) return;
    const age = this.askedAtMs === null ? 'not asked yet' : `asked last at ${isoFromMs(this.askedAtMs)}`;
    this.deps.log.warn(
      `The remote of the lists could not be asked: ${problem}; ${age}, and asked again every ${this.deps.everyMs / 1000} s.`,
    );
  }

  private stamp(): string {
    const { killList, allocation } = this;
    return JSON.stringify([headOf(killList), headOf(allocation), this.age(), this.failing?.problem ?? null]);
  }

  private read(): ReturnType<ListSource['read']> {
    const { killList, allocation, failing } = this;
    if (failing === null && (killList === undefined || allocation === undefined)) return null;
    const { shownAs } = this.deps;
    const list = this.textOf(killList, shownAs.killList);
    const isBranchGone = killList === null;
    const fault = `${shownAs.killList}: there is no such branch at the remote; set runner.git.branch in pink.yaml`;
    return {
      killList: isBranchGone ? { ...list, fault } : list,
      allocation: this.textOf(allocation, shownAs.allocation),
    };
  }

  private textOf(known: Known, shownAs: string): ListText {
    if (known === undefined) {
      const fault = `${shownAs}: could not be asked for: ${this.failing?.problem ?? 'nobody has yet'}`;
      return { shownAs, text: null, fault, commit: null };
    }
    return { shownAs, text: known?.text ?? null, fault: null, commit: known?.commit ?? null };
  }

  private age(): string | null {
    const { failing } = this;
    if (failing === null || this.deps.timers.nowMs() - failing.sinceMs < DOWN_AFTER_MS) return null;
    const since = isoFromMs(this.askedAtMs ?? failing.sinceMs);
    return `the remote of the lists does not answer since ${since}, so what is in force may be old`;
  }
}

/** A defect in one look must not be the end of all looks. */
async function answerOf(
  asked: Promise<Result<BranchFile | null, string>>,
): Promise<Result<BranchFile | null, string>> {
  try {
    return await asked;
  } catch (error) {
    return err(causeText(error));
  }
}

function headOf(known: Known): string | null {
  return known === undefined ? 'unknown' : (known?.head ?? null);
}
