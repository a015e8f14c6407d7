// What a workflow file says of its schedule and its runners, read as data.

import { load, YAMLException } from 'js-yaml';
import { fieldOf } from '../domain/field-of.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { ScheduleLine } from '../supervision/schedule.ts';

export interface WorkflowFile {
  /** Below `on.schedule`; empty where it does not run by the clock. */
  readonly schedule: readonly ScheduleLine[];
  /** Whether a job of it waits for a runner of one's own. */
  readonly isSelfHosted: boolean;
}

const OWN_RUNNER = 'self-hosted';

/** More than a file of people has; each may repeat what it stands for. */
const ALIASES_MAX = 50;

/**
 * Reads a workflow file.
 *
 * @returns what it says, or why it is none, in one sentence.
 */
export function readWorkflowFile(text: string): Result<WorkflowFile, string> {
  let value: unknown;
  try {
    value = load(text.replace(/^\uFEFF/, ''), { maxAliases: ALIASES_MAX });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined || error.mark === null ? '' : ` in line ${error.mark.line + 1}`;
    return err(`it is no YAML: ${error.reason}${line}`);
  }
  const on = fieldOf(value, 'on');
  if (on === undefined) return err('it says nothing under on');
  const entries = fieldOf(on, 'schedule') ?? [];
  if (!Array.isArray(entries))
    return err('on.schedule is no list; expected items such as - cron: 13,43 * * * *');
  const schedule: ScheduleLine[] = [];
  for (const entry of entries) {
    const [cron, timezone] = [fieldOf(entry, 'cron'), fieldOf(entry, 'timezone') ?? 'UTC'];
    if (typeof cron !== 'string' || typeof timezone !== 'string')
      return err('an item of on.schedule has no cron; expected items such as - cron: 13,43 * * * *');
    schedule.push({ cron, timezone });
  }
  return ok({ schedule, isSelfHosted: jobsOf(value).some(isSelfHosted) });
}

function jobsOf(value: unknown): readonly unknown[] {
  const jobs = fieldOf(value, 'jobs');
  return typeof jobs === 'object' && jobs !== null ? Object.values(jobs) : [];
}

/** One label, a list of them, or a group with its labels. */
function isSelfHosted(job: unknown): boolean {
  const runsOn = fieldOf(job, 'runs-on');
  const labels = fieldOf(runsOn, 'labels') ?? runsOn;
  return Array.isArray(labels) ? labels.includes(OWN_RUNNER) : labels === OWN_RUNNER;
}
