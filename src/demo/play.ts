// The days of the demo: PINK trades, agents speak, the jobs run, the state is pushed, the app acts, and a person answers.

import type { LockHeld, LockOptions } from '../adapters/state/lock.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import { DAY_MS, dayOf, MINUTE_MS } from '../domain/time.ts';
import type { Prices, Progress } from '../ports.ts';
import { type Diary, newDiary } from '../supervision/diary.ts';
import { type Chronicle, newChronicle, notePulls, type SeenProposal } from './chronicle.ts';
import type { DayLines } from './emission.ts';
import type { DemoMarket } from './market.ts';
import { actAsPerson, isToAct, mergeAsPerson } from './person.ts';
import type { DemoPink } from './pink/demo-pink.ts';
import type { DemoStage } from './stage/demo-stage.ts';
import { type StepPorts, stepsOver } from './steps.ts';

/** The jobs run when the bar of the last hour has settled. */
const RUN_AFTER_MIDNIGHT_MS = 10 * MINUTE_MS;
const TRAIN_EVERY_DAYS = 7;
/** Without news the state is pushed so often. A real repository pushes after every run. */
const PUSH_EVERY_DAYS = 7;
/** What a runner has after a merge until somebody looks whether it obeys. */
const OBEYED_AFTER_MS = 2 * MINUTE_MS;

export interface PlayPorts extends Pick<StepPorts, 'clock' | 'log'> {
  readonly progress: Progress;
  readonly prices: Prices;
  readonly stage: DemoStage;
  readonly pink: DemoPink;
}

export interface PlayOptions {
  readonly market: DemoMarket;
  /** Of each day, the first one first. */
  readonly linesByDay: readonly DayLines[];
  readonly codeVersion: string;
  readonly lock: LockOptions;
}

export interface Played {
  readonly chronicle: Chronicle;
  readonly diary: Diary;
  /** The instant of the last run; as of then nothing is left to do. */
  readonly lastRunMs: number;
}

/** Plays every day. Ends early, with the lock, where somebody else is at work in the state. */
export async function playDays(ports: PlayPorts, options: PlayOptions): Promise<Result<Played, LockHeld>> {
  const { progress } = ports;
  const { linesByDay } = options;
  const play = new Play(ports, options);
  progress.start('demo, simulated days', linesByDay.length);
  for (const [index, lines] of linesByDay.entries()) {
    const held = await play.day(index + 1, lines, index + 1 === linesByDay.length);
    if (held !== null) return err(held);
    progress.advance(1);
  }
  progress.done();
  return ok(play.played());
}

class Play {
  private readonly ports: PlayPorts;
  private readonly options: PlayOptions;
  private readonly chronicle = newChronicle();
  private readonly diary = newDiary();
  private settings: Settings;
  private nowMs: number;
  private newsSeen = 0;

  constructor(ports: PlayPorts, options: PlayOptions) {
    this.ports = ports;
    this.options = options;
    this.settings = ports.stage.settings();
    this.nowMs = options.market.startMs;
  }

  played(): Played {
    return { chronicle: this.chronicle, diary: this.diary, lastRunMs: this.nowMs };
  }

  async day(day: number, lines: DayLines, isLast: boolean): Promise<LockHeld | null> {
    const { stage } = this.ports;
    await this.passUntil(this.options.market.startMs + day * DAY_MS + RUN_AFTER_MIDNIGHT_MS);
    const held = await this.runJobs(lines, day % TRAIN_EVERY_DAYS === 0 || isLast);
    if (held !== null) return held;
    await stage.commit(`state: supervise ${dayOf(this.nowMs)}`);
    if (!(this.hasNews() || isToAct(this.chronicle) || day % PUSH_EVERY_DAYS === 0 || isLast)) return null;
    await this.push();
    const ready = await actAsPerson(stage, this.chronicle);
    if (ready !== null) await this.mergeAndObey(ready);
    return null;
  }

  /** PINK lives through the time in which nothing else happens. */
  private async passUntil(untilMs: number): Promise<void> {
    const { stage, pink } = this.ports;
    await pink.liveUntil(untilMs);
    stage.moveTo(untilMs);
    this.nowMs = untilMs;
  }

  private async runJobs(lines: DayLines, isTraining: boolean): Promise<LockHeld | null> {
    const { stage, prices, clock, log } = this.ports;
    const { codeVersion, lock } = this.options;
    const ports = { clock, log, disk: stage.disk, prices };
    const steps = stepsOver(ports, { settings: this.settings, codeVersion }, lock, this.diary);
    for (const [producer, texts] of lines) {
      const held = await steps.emit(producer, texts, this.nowMs);
      if (held !== null) return held;
    }
    return (
      (await steps.reconcile(this.nowMs)) ??
      (isTraining ? await steps.train(this.nowMs) : null) ??
      (await steps.supervise(this.nowMs))
    );
  }

  private hasNews(): boolean {
    const seen = this.diary.alerts.size + this.diary.verdicts.length;
    const hasNews = seen !== this.newsSeen;
    this.newsSeen = seen;
    return hasNews;
  }

  private async push(): Promise<void> {
    const { stage, log } = this.ports;
    const { requests, writes, failed } = await stage.push();
    for (const sentence of failed) log.warn(sentence);
    this.chronicle.pushes += 1;
    this.chronicle.requests += requests;
    this.chronicle.writes += writes;
    notePulls(this.chronicle, stage.pulls(), this.nowMs);
  }

  /** A merge is in force when the kernel says so: PINK reads the list of the clone, and its answer is pushed. */
  private async mergeAndObey(proposal: SeenProposal): Promise<void> {
    const { stage } = this.ports;
    await mergeAsPerson(stage, proposal);
    this.settings = stage.settings();
    await this.passUntil(stage.nowMs() + OBEYED_AFTER_MS);
    await stage.commit('state: kernel acknowledgement');
    await this.push();
  }
}
