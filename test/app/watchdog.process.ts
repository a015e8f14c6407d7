// The app watches from another place than the workflows it watches: a schedule that stops raises one issue, and a run clears it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appJobs } from '../../src/app/app-jobs.ts';
import type { AppServer } from '../../src/app/serve.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { WATCHDOG_TITLE } from '../../src/supervision/watchdog-issue.ts';
import { type AppWorld, appWorld, REPO } from './app-world.ts';

const RECONCILE = '.github/workflows/reconcile.yml';
const WORKFLOW = "on:\n  schedule:\n    - cron: '13,43 * * * *'\njobs: {}\n";

let world: AppWorld;
let app: AppServer;
beforeEach(async () => {
  world = await appWorld({
    jobsFor: (ports) => appJobs(ports, { clock: world.clock, codeVersion: '1.0.0' }),
    tokenLifeMs: DAY_MS,
  });
  world.github.world.commitAs('ada', REPO, 'main', { [RECONCILE]: WORKFLOW }, 'Add a workflow');
  app = await world.serve();
  await world.settled(app);
});
afterEach(async () => await world.close());

/** Titles and states of the issues of Warden that are about what should run. */
function issues(): readonly (readonly [number: number, state: string])[] {
  return [...world.github.world.repository(REPO).issues.values()]
    .filter(({ title }) => title === WATCHDOG_TITLE)
    .map(({ number, state }) => [number, state]);
}

function actionsAsked(): number {
  return world.github.requests.filter(({ path }) => path.includes('/actions/')).length;
}

describe('the sweep of the app', () => {
  it('raises an issue where a schedule stops, and closes it once it runs again', async () => {
    await app.sweep();
    expect(issues()).toEqual([]);

    world.clock.advance(40 * MINUTE_MS);
    world.github.world.addWorkflowRun(REPO, { path: RECONCILE });
    await app.sweep();
    expect(issues()).toEqual([]);

    world.clock.advance(91 * MINUTE_MS);
    await app.sweep();
    const [[number] = [0], ...others] = issues();
    expect(others).toEqual([]);
    expect(world.github.world.issue(REPO, number)).toMatchObject({ state: 'open', login: 'warden[bot]' });
    expect(world.github.world.issue(REPO, number).body).toContain(`### Missed: \`${RECONCILE}\``);

    world.github.world.addWorkflowRun(REPO, { path: RECONCILE });
    world.clock.advance(15 * MINUTE_MS);
    await app.sweep();
    expect(issues()).toEqual([[number, 'closed']]);
    expect(app.health()).toMatchObject({ status: 'ok', last_sweep_failures: 0 });
  });

  it('leaves a repository alone that is archived', async () => {
    await app.sweep();
    const asked = actionsAsked();
    world.github.world.repository(REPO).archived = true;

    world.clock.advance(DAY_MS / 2);
    await app.sweep();

    expect(actionsAsked()).toBe(asked);
    expect(app.health()).toMatchObject({ status: 'ok', last_sweep_failures: 0 });
  });

  it('asks no more than every quarter of an hour', async () => {
    await app.sweep();
    const asked = actionsAsked();
    expect(asked).toBeGreaterThan(0);

    world.clock.advance(5 * MINUTE_MS);
    await app.sweep();
    expect(actionsAsked()).toBe(asked);
    world.clock.advance(10 * MINUTE_MS);
    await app.sweep();
    expect(actionsAsked()).toBe(2 * asked);
  });

  it('turns a schedule on that GitHub turned off', async () => {
    world.github.world.setWorkflowState(REPO, RECONCILE, 'disabled_inactivity');

    await app.sweep();

    expect(world.github.world.repository(REPO).workflows.get(RECONCILE)?.state).toBe('active');
    expect(issues()).toEqual([]);
  });

  it('says once where GitHub shows it no workflows, and goes on', async () => {
    world.github.faults.plan({
      path: /\/actions\/workflows$/,
      times: 9,
      fault: {
        response: {
          status: 403,
          headers: { 'content-type': 'application/json' },
          body: { message: 'Resource not accessible by integration' },
        },
        afterApplying: false,
        wait: null,
      },
    });

    await app.sweep();
    world.clock.advance(30 * MINUTE_MS);
    await app.sweep();

    const said = world.log.lines.filter((line) => line.includes('the permission actions: read'));
    expect(said).toHaveLength(1);
    expect(issues()).toEqual([]);
    expect(app.health()).toMatchObject({ status: 'ok', last_sweep_failures: 0 });
  });
});
