// The dashboard: every class with its next action, what the kernel says, boxes, and the same text for the same facts.

import { describe, expect, it } from 'vitest';
import { GITHUB_LIMITS } from '../../src/domain/github.ts';
import { markerKind } from '../../src/domain/marker.ts';
import type { ProposalPull } from '../../src/domain/proposal.ts';
import { settingsFrom } from '../../src/domain/settings.ts';
import { msFromIso } from '../../src/domain/time.ts';
import { DASHBOARD_TITLE, type DashboardFacts, dashboardBody } from '../../src/supervision/dashboard.ts';
import { tickedBoxes } from '../../src/supervision/dashboard-boxes.ts';
import { AT, anAck, aSummary } from '../domain/record-builders.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { aWanted, REPOSITORY, someDashboard, WARDEN } from './github-world.ts';
import { aPull } from './proposal-builders.ts';
import { aHostileReport, aHugeReport, aStrategy, HOSTILE_NAMES } from './report-world.ts';

/** Cells of a class by the heads of their columns. */
function rowOf(facts: DashboardFacts, name: string): Record<string, string> {
  const lines = dashboardBody(facts).split('\n');
  const head =
    lines
      .find((line) => line.startsWith('| class |'))
      ?.slice(2, -2)
      .split(' | ') ?? [];
  const row =
    lines
      .find((line) => line.startsWith(`| \`${name}\` |`))
      ?.slice(2, -2)
      .split(' | ') ?? [];
  return Object.fromEntries(head.map((title, index) => [title, row[index] ?? '']));
}

function closedPull(over: Partial<ProposalPull>): ProposalPull[] {
  return [aPull({ key: aWanted('disable').key, number: 41, pull: { state: 'closed', closedAt: AT }, over })];
}

const DECISION = { v: 1, ...aWanted('disable').key, by: 'octocat', reason: 'outage', at: AT } as const;

describe('the dashboard', () => {
  it('reads as it was reviewed', async () => {
    await expect(dashboardBody(someDashboard())).toMatchFileSnapshot('../golden/dashboard.md');
  });

  it('reads as it was reviewed where next to nothing is known', async () => {
    const nothing = someDashboard({
      report: null,
      acks: null,
      summary: null,
      lastRuns: [],
      pulls: [],
      openVerdicts: [],
      stateCommit: null,
      problems: ['config/warden.yaml:3:5: `cvarr` is no key; the nearest is `cvar`'],
    });

    await expect(dashboardBody(nothing)).toMatchFileSnapshot('../golden/dashboard-unknown.md');
  });

  it('has its marker first, and no box is ticked', () => {
    const body = dashboardBody(someDashboard());

    expect(DASHBOARD_TITLE).toBe('Warden dashboard');
    expect(markerKind(body.split('\n')[0] ?? '')).toBe('dashboard');
    expect(tickedBoxes(body)).toEqual([]);
    expect(tickedBoxes(body.replaceAll('- [ ]', '- [x]'))).toEqual([
      { kind: 'rerun' },
      { kind: 'disable', strategyClass: 'news' },
      { kind: 'disable', strategyClass: 'pairs' },
    ]);
  });

  it('shows a class with its state, limit, evidence, divergence, proposal and next action', () => {
    expect(rowOf(someDashboard(), 'macro')).toEqual({
      class: '`macro`',
      'next action': '**review [#41](https://github.com/acme/alpha/pull/41)**',
      'kill list': 'ENABLED',
      judged: '**KILL**',
      regime: '`TREND`',
      'CVaR 95 of limit': '5.24 of 4 sigma',
      n_eff: '135.1',
      divergence: '**1 ALERT**',
      proposal: '[#41](https://github.com/acme/alpha/pull/41) open: disable',
      kernel: '–',
    });
  });

  it('lists what needs a person first', () => {
    const names = [...dashboardBody(someDashboard()).matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name]) => name);

    expect(names.slice(0, 4)).toEqual(['macro', 'carry', 'news', 'pairs']);
  });

  it.each([
    ['vetoed by `octocat`', { closedBy: 'octocat' }, 'none in this episode'],
    ['vetoed by somebody', { closedBy: null }, 'none in this episode'],
    [
      'kept by `octocat`',
      { decisions: [{ ...DECISION, decision: 'keep', until: null }] },
      'none in this episode',
    ],
    [
      'snoozed until 2026-11-28 10:00 by `octocat`',
      { decisions: [{ ...DECISION, decision: 'snooze', until: '2026-11-28T10:00:00.000Z' }] },
      'none until the snooze ends',
    ],
  ] as const)('says that a proposal was %s', (words, over, next) => {
    const row = rowOf(someDashboard({ pulls: closedPull(over) }), 'macro');

    expect(row['proposal']).toContain(words);
    expect(row['next action']).toBe(next);
  });

  it('does not let an older pull request that is still open stand for what is called for by now', () => {
    const older = { action: 'enable', subject: 'macro', episode: 'macro/0' } as const;
    const old = aPull({ key: older, number: 40, over: { otherAuthors: ['ada'] } });
    const row = rowOf(someDashboard({ pulls: [old] }), 'macro');
    expect(row['proposal']).toBe('disable, not opened yet');
    expect(row['next action']).toBe('a pull request follows');

    const both = rowOf(
      someDashboard({ pulls: [aPull({ key: aWanted('disable').key, number: 39 }), old] }),
      'macro',
    );
    expect(both['proposal']).toContain('#39');
    expect(rowOf(someDashboard({ pulls: [old], openVerdicts: [] }), 'macro')['proposal']).toContain('#40');
  });

  it('promises no proposal that nobody calls for, whatever the figure of an earlier stop', () => {
    const row = rowOf(someDashboard({ pulls: [], openVerdicts: [] }), 'macro');

    expect(row['judged']).toBe('**KILL**');
    expect(row['next action']).toBe('watch: no stop is called for now');
  });

  it('says that what Warden closed itself, and is called for again, is opened again', () => {
    const closing = { v: 1, reason: 'withdrawn', at: AT } as const;
    const row = rowOf(someDashboard({ pulls: closedPull({ closing, closedBy: 'warden[bot]' }) }), 'macro');

    expect(row['next action']).toBe('its pull request is opened again');
    const byBot = rowOf(someDashboard({ pulls: closedPull({ closedBy: 'stale[bot]' }) }), 'macro');
    expect(byBot['next action']).toBe('its pull request is opened again');
  });

  it('forgets a snooze that is over', () => {
    const pulls = closedPull({
      decisions: [{ ...DECISION, decision: 'snooze', until: '2026-11-21T10:04:59.000Z' }],
    });

    expect(rowOf(someDashboard({ pulls }), 'macro')['proposal']).not.toContain('snoozed');
  });

  it('believes a heartbeat until it is due, and nothing of it afterwards', () => {
    const summary = aSummary();
    const facts = someDashboard({ summary });

    expect(rowOf(facts, 'macro')['kernel']).toBe(
      '**not as the kill list says:** refuses entries (heartbeat)',
    );
    expect(dashboardBody(facts)).toContain('heartbeat valid until 2026-11-21 10:10 UTC');
    const late = { ...facts, nowMs: msFromIso('2026-11-21T10:10:00.001Z') };
    expect(rowOf(late, 'macro')['kernel']).toBe('–');
    expect(dashboardBody(late)).toContain('Kernel: **not known**');
  });

  it('says before the first evidence that there is none yet, and of no kernel that it is silent', () => {
    const facts = someDashboard();
    const report = facts.report === null ? null : { ...facts.report, generated_at: null };
    const body = dashboardBody({ ...facts, report, acks: [], summary: null });

    expect(body).toContain('Evidence: none yet, state');
    expect(body).toContain('Kernel: none has been heard of');
  });

  it('falls back on what the kernel acknowledged last', () => {
    const acks = [
      anAck({ strategy_class: 'carry', applied: 'entries_blocked' }),
      anAck({ strategy_class: 'carry', applied: 'entries_allowed', ts: '2026-11-21T10:02:00.000Z' }),
    ];
    const row = rowOf(someDashboard({ acks, pulls: [], openVerdicts: [] }), 'carry');

    expect(row['kernel']).toBe('**not as the kill list says:** takes entries (`pink-1` 2026-11-21 10:02)');
    expect(row['next action']).toBe('**check the runner**');
  });

  it('names a class that only the kill list or a verdict knows', () => {
    const settings = settingsFrom({ warden: WARDEN, agents: {}, kill_list: { idle: { status: 'ENABLED' } } });
    const facts = someDashboard({ settings, report: null, pulls: [] });

    expect(rowOf(facts, 'idle')['next action']).toBe('wait for rows');
    expect(rowOf(facts, 'macro')['proposal']).toBe('disable, not opened yet');
  });

  it('says to act by hand where Warden may open no pull requests', () => {
    const github = { ...WARDEN.github, pull_requests: false };
    const settings = settingsFrom({ warden: { ...WARDEN, github }, agents: {}, kill_list: {} });

    expect(rowOf(someDashboard({ settings, pulls: [] }), 'macro')['next action']).toBe(
      '**follow it by hand, in the kill list**',
    );
  });

  it('is the same text for the same facts, whatever the time', () => {
    const facts = someDashboard();

    expect(dashboardBody({ ...facts, nowMs: facts.nowMs + 60_000 })).toBe(dashboardBody(facts));
    expect(dashboardBody({ ...facts, lastRuns: [...facts.lastRuns].reverse() })).toBe(dashboardBody(facts));
  });

  it('stays within what GitHub takes with five hundred classes, and links to the rest', () => {
    const report = aHugeReport(500);
    const names = Object.keys(report.strategies);
    const pulls = names.map((name, number) =>
      aPull({ key: { action: 'disable', subject: name, episode: `${name}/1` }, number }),
    );
    const half = someDashboard({
      report,
      pulls: pulls.slice(0, 250),
      problems: Array.from({ length: 500 }, () => 'x'.repeat(9000)),
    });
    const body = dashboardBody(half);

    expect(body.length).toBeLessThanOrEqual(GITHUB_LIMITS.bodyChars);
    expect(body).toMatch(/And \d+ more classes: \[`supervisor\/meta_report\.md`\]/);
    expect(body).toMatch(/For \d+ more classes: comment `\/warden disable/);
    expect(body).toMatch(/And \d+ more agents: /);
    expect(body).toContain('Kept by Warden');
  });

  it('shows names and words of others and does nothing with them', () => {
    const names = HOSTILE_NAMES.map((name) => name.replaceAll('\n', ' '));
    const report = {
      ...aHostileReport(),
      strategies: Object.fromEntries(names.map((name) => [name, aStrategy({ current_regime: name })])),
    };
    const pulls = names.map((subject, number) =>
      aPull({ key: { action: 'promote', subject, episode: `${subject}/1` }, number: number + 1 }),
    );
    const hostile = '<b>@all #1</b> --> [x](http://evil) https://evil';
    const body = dashboardBody(
      someDashboard({
        report,
        pulls,
        problems: [hostile],
        summary: aSummary({ trading_state_reason: hostile }),
      }),
    );
    const boxes = body.split('\n').filter((line) => line.startsWith('- [ ] ')).length;

    expect(boxes).toBeGreaterThan(names.length);
    expect(foreignParts(body, { address: REPOSITORY.url, comments: boxes + 1 })).toEqual([]);
  });
});
