// The issue about what should run: its text as people read it, its marker, and that nothing from outside becomes markup in it.

import { describe, expect, it } from 'vitest';
import { GITHUB_LIMITS } from '../../src/domain/github.ts';
import { markerFacts, markerKind } from '../../src/domain/marker.ts';
import { isoFromMs, MINUTE_MS } from '../../src/domain/time.ts';
import { watchdogFindings, watchedSchedules } from '../../src/supervision/watchdog.ts';
import type { WatchFacts } from '../../src/supervision/watchdog-facts.ts';
import {
  isNewsOf,
  keyOfFinding,
  type WatchdogIssueFacts,
  WatchdogMarker,
  WatchdogNewsMarker,
  watchdogBody,
  watchdogNews,
  watchdogWellBody,
} from '../../src/supervision/watchdog-issue.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { aRun, aWorkflow, facts, NOW_MS, RULES, ticksUntil, timetable } from './watchdog-builders.ts';

const TICKS = ticksUntil(timetable('13,43 * * * *'), NOW_MS, 10);

/** Everything at once: a job that stopped after two failures, one that a person turned off, a kernel, a secret. */
function everything(): WatchFacts {
  const runs = TICKS.slice(5).map((tick, at) =>
    aRun(tick + at * 1000, {
      ...{ startedAt: isoFromMs(tick + (at + 1) * 3 * MINUTE_MS) },
      ...(at < 2 ? { conclusion: 'failure' } : {}),
    }),
  );
  return facts({
    workflows: [
      aWorkflow({ runs }),
      aWorkflow({ path: '.github/workflows/train.yml', crons: ['27 2 * * *'], state: 'disabled_manually' }),
      aWorkflow({
        ...{ path: '.github/workflows/kernel.yml', crons: [], runs: null },
        queued: [aRun(NOW_MS - 60 * MINUTE_MS, { status: 'waiting', conclusion: null })],
      }),
    ],
    heartbeat: {
      ...{ runnerId: 'pink-1', at: '2026-11-28T09:00:00.000Z' },
      nextDueAt: '2026-11-28T09:10:00.000Z',
    },
    secretDays: { SMTP_URL: '2026-12-01' },
  });
}

function issueOf(watched: WatchFacts, over: Partial<WatchdogIssueFacts> = {}): WatchdogIssueFacts {
  const findings = watchdogFindings(watched, RULES);
  return { findings, schedules: watchedSchedules(watched), unknown: [], people: [], ...over };
}

describe('the body of the issue', () => {
  it('says what, since when, what shows it and what to do', async () => {
    const body = watchdogBody(
      issueOf(everything(), {
        people: ['ada', 'acme/ops'],
        unknown: ['when the token ends is not known: GET /repos/acme/alpha answered 502: Bad Gateway'],
      }),
    );

    await expect(body).toMatchFileSnapshot('../golden/watchdog.md');
  });

  it('is the same whenever it is written, while nothing happens', () => {
    const at = (nowMs: number) => watchdogBody(issueOf({ ...everything(), nowMs }));

    expect(at(NOW_MS + 5 * MINUTE_MS)).toBe(at(NOW_MS));
    expect(at(NOW_MS + 11 * MINUTE_MS)).toBe(at(NOW_MS));
  });

  it('begins with a marker of what is told, in one order', () => {
    const told = issueOf(everything());
    const body = watchdogBody(told);

    expect(markerKind(body)).toBe('watchdog');
    expect(markerFacts(body, 'watchdog', WatchdogMarker)?.findings).toEqual(
      told.findings.map(keyOfFinding).sort(),
    );
    expect(markerFacts(watchdogWellBody(), 'watchdog', WatchdogMarker)?.findings).toEqual([]);
  });

  it('stays within what GitHub takes, with the gravest first', () => {
    const workflows = Array.from({ length: 400 }, (_, at) => aWorkflow({ path: `w${at}.yml`, runs: [] }));
    const heartbeat = { runnerId: 'pink-1', at: isoFromMs(0), nextDueAt: isoFromMs(0) };
    const body = watchdogBody(issueOf(facts({ workflows, heartbeat })));

    expect(body.length).toBeLessThanOrEqual(GITHUB_LIMITS.bodyChars);
    expect(body).toContain('Kernel silent');
    expect(body).toContain('There is more than fits here');
    expect(markerFacts(body, 'watchdog', WatchdogMarker)?.findings).toHaveLength(401);
  });

  it('shows names of others as they are, and nothing comes of them', () => {
    const path = '.github/workflows/a|b @bob #1 `x` <img src=x> [l](http://e.vil) -->.yml';
    const workflows = [aWorkflow({ path, runs: [], fault: '@eve ![p](http://e.vil/p.png) <script>' })];
    const told = issueOf(facts({ workflows }), { unknown: ['@mallory #2 <b>x</b>'] });

    expect(foreignParts(watchdogBody(told), { address: 'https://github.com/' })).toEqual([]);
    expect(foreignParts(watchdogNews(told.findings, []), { address: 'https://github.com/' })).toEqual([]);
  });
});

describe('the comment that tells people', () => {
  const findings = watchdogFindings(everything(), RULES);

  it('names them and what is new', () => {
    const text = watchdogNews(findings.slice(0, 1), ['ada']);

    expect(text).toContain('@ada **New:**');
    expect(text).toContain('- the kernel pink-1 has been silent');
    expect(markerKind(text)).toBe('escalation');
  });

  it('is known again as that of the same findings of the same time', () => {
    const said = markerFacts(watchdogNews(findings, []), 'escalation', WatchdogNewsMarker);
    if (said === null) throw new Error('the comment has a marker');

    expect(isNewsOf(said, findings)).toBe(true);
    expect(isNewsOf(said, findings.slice(1))).toBe(true);
    expect(
      isNewsOf(
        said,
        findings.map((each) => ({ ...each, since: isoFromMs(0) })),
      ),
    ).toBe(false);
  });
});
