// When a schedule of GitHub Actions is due: instants in, instants out, and no clock of its own.

import { Cron } from 'croner';
import { assert } from '../domain/assert.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../domain/time.ts';

/** One entry below `on.schedule` of a workflow. */
export interface ScheduleLine {
  /** Five fields, `13,43 * * * *`. */
  readonly cron: string;
  /** Name of a time zone of the IANA, `Europe/Berlin`; what GitHub takes where none is given is `UTC`. */
  readonly timezone: string;
}

/** All schedules of one workflow together: it is due whenever one of them is. */
export interface Timetable {
  /** Longest time between two ticks of the lines that are the same every week, where there are some; else of all. */
  readonly periodMs: number;
  /** Newest tick at or before an instant, epoch ms. */
  newestTickMs(atMs: number): number;
  /** Oldest tick after an instant, or `null` where there is none any more. */
  nextTickMs(atMs: number): number | null;
}

/** A number, a name of a month or a day, or all of them. GitHub knows no seconds, no years, no `L` and no `@daily`. */
const PART = '(?:\\d{1,2}|\\*|[A-Za-z]{3})';
const FIELD = new RegExp(`^${PART}(?:[-,/]${PART})*$`);
const FIELDS = 5;

/** A Monday, so that the gaps of a whole week are seen whatever day it is. */
const WEEK_FROM_MS = msFromIso('2026-01-05T00:00:00.000Z');
const WEEK_MS = 7 * DAY_MS;
/** Months differ, so a schedule that names days of them is looked at for longer. */
const YEAR_MS = 366 * DAY_MS;
/** As many as a month has of every five minutes, which is the least that GitHub takes. */
const TICKS_MAX = 31 * 24 * 12;

/**
 * Returns when a workflow is due.
 *
 * @returns the timetable, or which line is none that GitHub takes, in one sentence with what was expected.
 */
export function timetableOf(lines: readonly ScheduleLine[]): Result<Timetable, string> {
  const [every, weekly]: [Cron[], Cron[]] = [[], []];
  for (const line of lines) {
    const cron = cronOf(line);
    if (!cron.ok) return cron;
    every.push(cron.value);
    if (isWeekly(line)) weekly.push(cron.value);
  }
  if (every.length === 0) return err('there is no line with a cron below on.schedule');
  return ok({
    periodMs: weekly.length > 0 ? periodOf(weekly, WEEK_MS) : periodOf(every, YEAR_MS),
    newestTickMs: (atMs) => newestOf(every, atMs),
    nextTickMs: (atMs) => nextOf(every, atMs),
  });
}

/**
 * Returns the newest tick of one cron line in UTC at or before `nowMs`: when the run that it started should have begun.
 *
 * @returns epoch ms, or what is wrong with the line, in one sentence with what was expected.
 */
export function newestTickMs(cron: string, nowMs: number): Result<number, string> {
  const timetable = timetableOf([{ cron, timezone: 'UTC' }]);
  return timetable.ok ? ok(timetable.value.newestTickMs(nowMs)) : timetable;
}

function cronOf({ cron: text, timezone }: ScheduleLine): Result<Cron, string> {
  const fields = text.trim().split(/\s+/);
  const refused = (why: string): Result<Cron, string> =>
    err(
      `"${text.slice(0, 60)}" is no cron line of GitHub: ${why}; expected minute, hour, day, month and day of the week, as 13,43 * * * *`,
    );
  if (fields.length !== FIELDS)
    return refused(`it has not five fields but ${text.trim() === '' ? 'none' : fields.length}`);
  const odd = fields.find((field) => !FIELD.test(field));
  if (odd !== undefined) return refused(`"${odd.slice(0, 20)}" is no field`);
  let cron: Cron;
  try {
    // The offset says the same as the zone, and takes croner a fraction of the time. GitHub takes 20/15 for 20-59/15.
    const zone = timezone === 'UTC' ? { utcOffset: 0 } : { timezone };
    cron = new Cron(fields.join(' '), { ...zone, paused: true, mode: '5-part', sloppyRanges: true });
  } catch (error) {
    // What croner throws of a field it cannot read names it, after the name of its own class.
    return refused(String(error).replace(/^.*?Error: (CronPattern: )?/, ''));
  }
  try {
    return cron.nextRun(isoFromMs(WEEK_FROM_MS)) === null ? refused('it is never due') : ok(cron);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return err(`"${timezone.slice(0, 60)}" is no time zone; expected a name such as Europe/Berlin`);
  }
}

/** Cron counts whole seconds, so the next whole second after `atMs` has every tick up to `atMs` before it. */
function newestOf(crons: readonly Cron[], atMs: number): number {
  const before = isoFromMs((Math.floor(atMs / 1000) + 1) * 1000);
  const ticks = crons.flatMap((cron) => cron.previousRuns(1, before).map((tick) => tick.getTime()));
  assert(ticks.length > 0, 'a cron line without a year was due some time before');
  return Math.max(...ticks);
}

function nextOf(crons: readonly Cron[], atMs: number): number | null {
  const after = isoFromMs(Math.floor(atMs / 1000) * 1000);
  const ticks = crons.flatMap((cron) => cron.nextRun(after)?.getTime() ?? []);
  return ticks.length === 0 ? null : Math.min(...ticks);
}

function periodOf(crons: readonly Cron[], spanMs: number): number {
  let longest = 0;
  let tick = nextOf(crons, WEEK_FROM_MS - 1);
  for (let count = 0; tick !== null && count < TICKS_MAX; count += 1) {
    const next = nextOf(crons, tick);
    if (next !== null) longest = Math.max(longest, next - tick);
    tick = next;
    if (tick !== null && tick - WEEK_FROM_MS > spanMs) break;
  }
  assert(longest > 0, 'a cron line without a year is due again and again');
  return longest;
}

/** Whether every week is like the next one: neither days of the month nor months are named. */
function isWeekly({ cron }: ScheduleLine): boolean {
  const [, , day, month] = cron.trim().split(/\s+/);
  return day === '*' && month === '*';
}
