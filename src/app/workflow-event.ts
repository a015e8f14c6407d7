// The app without a server: one event of a workflow of GitHub Actions, handled with the token of the workflow and nothing checked out.

import { err, ok, type Result } from '../domain/result.ts';
import { type AppPorts, type HandledEvent, handleEvent, type ReceivedEvent } from './handle-event.ts';
import { NOT_SUPERVISED } from './repository-settings.ts';
import { sweepMemory, sweepRepository } from './sweep.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Events that tell of nothing but the time, or of a person who wants everything looked at. */
const SWEEPING = ['schedule', 'workflow_dispatch', 'repository_dispatch', 'workflow_run'];

/**
 * Returns the event that started the workflow.
 *
 * @param readText text of a file, or `null` where there is none
 * @returns the event, or what is wrong with the environment, in one sentence with the next step
 */
export function workflowEventFrom(
  env: Env,
  readText: (path: string) => string | null,
): Result<ReceivedEvent, string> {
  const [name, path] = [env['GITHUB_EVENT_NAME'] ?? '', env['GITHUB_EVENT_PATH'] ?? ''];
  if (name === '' || path === '') {
    const unset = [
      ...(name === '' ? ['GITHUB_EVENT_NAME'] : []),
      ...(path === '' ? ['GITHUB_EVENT_PATH'] : []),
    ];
    return err(
      `not set: ${unset.join(' and ')}; --event is for a workflow of GitHub Actions, which sets both; for a server leave it out`,
    );
  }
  const text = readText(path);
  if (text === null) return err(`GITHUB_EVENT_PATH names ${path}, where there is no file`);
  try {
    return ok({ name, payload: JSON.parse(text), guid: null });
  } catch (error) {
    if (error instanceof SyntaxError) return err(`${path}, which GITHUB_EVENT_PATH names, is not JSON`);
    throw error;
  }
}

/**
 * Handles the event that started a workflow. Workflows are not told which delivery they are for, so that what was done before
 * is told by the state of GitHub alone.
 *
 * @throws AggregateError where some of the work failed; the rest was done, and the next run tries again.
 */
export async function handleWorkflowEvent(
  ports: AppPorts,
  event: ReceivedEvent,
  nowMs: number,
): Promise<HandledEvent> {
  if (!SWEEPING.includes(event.name)) return await handleEvent(ports, event);
  const isSwept = await sweepRepository(ports, sweepMemory(), nowMs);
  return isSwept
    ? {
        outcome: 'handled',
        actions: [
          'published the newest state',
          'looked at the open pull requests',
          'looked whether everything runs that should',
        ],
        owed: [],
      }
    : { outcome: 'ignored', reason: NOT_SUPERVISED };
}
