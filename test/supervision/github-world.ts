// What texts on GitHub are written from: proposals of each kind, agents that diverge, a busy dashboard, and the same in hostile and in huge.

import { resolve } from 'node:path';
import { loadWardenConfig } from '../../src/adapters/config/config-files.ts';
import type { DivergenceAlert } from '../../src/domain/divergence.ts';
import type { RepositoryFacts } from '../../src/domain/github.ts';
import type { KillList } from '../../src/domain/kill-list.ts';
import type { ProposalAction, ProposalKey } from '../../src/domain/proposal.ts';
import { type Settings, settingsFrom } from '../../src/domain/settings.ts';
import type { MetaReport, PromotionGate } from '../../src/domain/supervisor.ts';
import { msFromIso } from '../../src/domain/time.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import type { DashboardFacts } from '../../src/supervision/dashboard.ts';
import type { DivergenceFacts } from '../../src/supervision/divergence-comment.ts';
import type { ProposalContext, WantedProposal } from '../../src/supervision/proposal-body.ts';
import {
  AT,
  aCell,
  aDisableVerdict,
  anAck,
  anAlert,
  anAllocation,
  aPromotion,
  aSummary,
  COMMIT,
  SHA,
} from '../domain/record-builders.ts';
import { aPull } from './proposal-builders.ts';
import { aBusyReport, anAgent, aQuietAgent, aQuietCell, aStrategy } from './report-world.ts';

const loaded = loadWardenConfig(resolve(import.meta.dirname, '../../config'));
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));

export const WARDEN = loaded.value.config;
export const REPOSITORY: RepositoryFacts = {
  fullName: 'acme/alpha',
  defaultBranch: 'main',
  isPrivate: true,
  url: 'https://github.com/acme/alpha',
};

const KILL_LIST: KillList = {
  macro: { status: 'ENABLED', max_cvar_sigma: 4 },
  pairs: { status: 'ENABLED' },
  carry: {
    status: 'DISABLED',
    reason: 'CVaR beyond its limit',
    evidence: SHA,
    since: '2026-11-02T08:15:00.000Z',
    episode: 'carry/2',
  },
};

export const SETTINGS: Settings = settingsFrom({
  warden: WARDEN,
  agents: {
    'trend-ema': { strategy_class: 'macro', stage: 'live', base_weight: 0.2 },
    'macro-carry': { strategy_class: 'macro', stage: 'live', base_weight: 0.15 },
    'pairs-btc-eth': { strategy_class: 'pairs', stage: 'shadow', base_weight: 0.1 },
    'fade-funding': { strategy_class: 'carry', stage: 'live', base_weight: 0.1 },
  },
  kill_list: KILL_LIST,
});

/** The busy report with two agents of macro and results of many days. */
export function aReport(): MetaReport {
  const busy = aBusyReport();
  return {
    ...busy,
    agents: {
      ...busy.agents,
      'trend-ema': anAgent({
        multiplier: 0.71,
        promotion: aPromotion({
          stage: 'live',
          gates: { open_alerts: { ...gate(2, '<=', 0), pass: false } },
        }),
        allocation: anAllocation({ multiplier: 0.71, weight: 0.071 }),
      }),
      'macro-carry': aQuietAgent({
        multiplier: 1.02,
        net_pnl_sum_bps: 210.4,
        promotion: aPromotion({ stage: 'live' }),
        allocation: anAllocation({ base: 0.15, multiplier: 1.02, divergence_factor: 0.75, weight: 0.11475 }),
      }),
    },
    strategies: {
      ...busy.strategies,
      macro: aStrategy({
        open_episode: 'macro/3',
        agents: ['trend-ema', 'macro-carry'],
        cells: {
          TREND: aCell({ n: 306, n_eff: 135.1, cvar95_sigma: 5.24, window_to: '2026-11-22T09:00:00.000Z' }),
          RANGE: aQuietCell({ is_current: false }),
        },
      }),
    },
  };
}

export function aContext(over: Partial<ProposalContext> = {}): ProposalContext {
  return {
    report: aReport(),
    settings: SETTINGS,
    repositoryUrl: REPOSITORY.url,
    stateCommit: COMMIT,
    stateBranch: 'warden-state',
    codeVersion: '0.1.0',
    ...over,
  };
}

const MODEL = '20261120T000000Z-0123456789abcdef';

/** The proposals of the four actions. */
export function aWanted(action: ProposalAction, subject?: string): WantedProposal {
  const made = WANTED[action]();
  if (subject === undefined) return made;
  const episode = `${subject}/1`;
  const named = (verdict: Verdict): Verdict => ({ ...verdict, subject, episode });
  return {
    key: { action, subject, episode },
    verdict: named(made.verdict),
    history: made.history.map(named),
  };
}

const WANTED: Readonly<Record<ProposalAction, () => WantedProposal>> = {
  disable: () => {
    const subject = { subject: 'macro', episode: 'macro/3' };
    const evidence = { ...aDisableVerdict().evidence, model_ids: [MODEL] };
    const first = aDisableVerdict({
      ...subject,
      evidence,
      ts: '2026-11-14T10:00:00.000Z',
      verdict_id: 'c'.repeat(64),
    });
    const grown = aDisableVerdict({ ...subject, evidence: { ...evidence, reason: 'grown' } });
    return wanted('disable', [first, grown]);
  },
  enable: () => {
    const cell = aQuietCell({
      recent: {
        ...aCell().recent,
        n_eff: 61.2,
        from: '2026-11-03T00:00:00.000Z',
        cvar95_sigma: 2.11,
        se_cvar95_sigma: 0.31,
        cvar95_error_bps: 740.2,
        se_cvar95_error_bps: 101.4,
      },
    });
    const subject = { subject: 'carry', episode: 'carry/2' };
    const stopped = aDisableVerdict({ ...subject, ts: '2026-11-01T10:00:00.000Z' });
    const recovered = aDisableVerdict({
      ...subject,
      kind: 'REENABLE',
      evidence: {
        ...aDisableVerdict({ kind: 'REENABLE' }).evidence,
        cell,
        model_ids: [MODEL],
        recovered_from: { TREND: '2026-11-03T00:00:00.000Z' },
      },
    });
    return wanted('enable', [stopped, recovered]);
  },
  promote: () => wanted('promote', [aPromoteVerdict()]),
  demote: () => wanted('demote', [aDemoteVerdict()]),
};

function wanted(action: ProposalAction, history: readonly Verdict[]): WantedProposal {
  const verdict = history.at(-1);
  if (verdict === undefined) throw new Error('a proposal has a verdict');
  const key: ProposalKey = { action, subject: verdict.subject, episode: verdict.episode };
  return { key, verdict, history };
}

const PROVENANCE = {
  state_commit: COMMIT,
  config_hash: SHA,
  code_version: '0.1.0',
  prev_sha256: null,
} as const;

function gate(
  value: number,
  comparison: PromotionGate['comparison'],
  limit: number,
  decides = true,
): PromotionGate {
  return { value, comparison, limit, pass: true, decides, note: null };
}

function aPromoteVerdict(): Verdict {
  const gates = {
    n_eff: gate(81.2, '>=', 60),
    n_blocks: gate(44, '>=', 20),
    mean_net_bound: gate(0.0213, '>', 0),
    mean_net_bps: gate(14.2, '>', 0),
    hit_rate_bound: gate(0.512, '>', 0.45),
    error_ratio_min: gate(0.94, '>', 0.5),
    error_ratio_max: gate(0.94, '<', 1.3),
    divergence_signals: gate(78, '>=', 30),
    open_alerts: gate(0, '<=', 0),
    class_kills: gate(0, '<=', 0),
    error_rate_bound: gate(0.041, '<=', 0.05),
    pnl_sum_bps: { ...gate(120.5, '>', 150, false), pass: false },
  };
  return {
    v: 1,
    verdict_id: 'd'.repeat(64),
    ts: AT,
    episode: 'pairs-btc-eth/1',
    subject: 'pairs-btc-eth',
    kind: 'PROMOTE',
    evidence: { promotion: aPromotion({ eligible: true, gates }) },
    ...PROVENANCE,
  };
}

function aDemoteVerdict(): Verdict {
  return {
    v: 1,
    verdict_id: 'e'.repeat(64),
    ts: AT,
    episode: 'trend-ema/2',
    subject: 'trend-ema',
    kind: 'DEMOTE',
    evidence: {
      alerts: [
        anAlert({ since: '2026-11-17T06:00:00.000Z' }),
        anAlert({
          trigger: 'hit',
          horizon_hours: 24,
          statistic: 8.3e-6,
          limit: 0.0005,
          severity: 'medium',
          since: '2026-11-19T06:00:00.000Z',
          n_eff: 78,
          window: 80,
        }),
      ],
      alert_since: '2026-11-17T06:00:00.000Z',
    },
    ...PROVENANCE,
  };
}

export function someAlerts(): DivergenceAlert[] {
  return [
    anAlert({ since: '2026-11-17T06:00:00.000Z' }),
    anAlert({
      trigger: 'hit',
      horizon_hours: 24,
      statistic: 0.00031,
      limit: 0.0005,
      severity: 'medium',
      since: '2026-11-19T06:00:00.000Z',
      n_eff: 78,
    }),
    anAlert({
      agent: 'macro-carry',
      state: 'WARN',
      trigger: 'scale_window',
      statistic: 1.68,
      limit: 1.6,
      severity: 'medium',
      since: '2026-11-20T18:00:00.000Z',
    }),
    anAlert({ agent: 'macro-carry', state: 'RESOLVED', trigger: 'scale', statistic: 812, severity: 'none' }),
    anAlert({ agent: 'pairs-btc-eth', state: 'OK', statistic: 3, severity: 'none' }),
  ];
}

export function someDivergence(over: Partial<DivergenceFacts> = {}): DivergenceFacts {
  return { alerts: someAlerts(), report: aReport(), warden: WARDEN, repositoryUrl: REPOSITORY.url, ...over };
}

export function someDashboard(over: Partial<DashboardFacts> = {}): DashboardFacts {
  const disable = aWanted('disable');
  return {
    report: aReport(),
    settings: SETTINGS,
    openVerdicts: [disable.verdict, aWanted('enable').verdict, aWanted('promote').verdict],
    pulls: [
      aPull({ key: disable.key, number: 41 }),
      aPull({
        key: aWanted('promote').key,
        number: 38,
        pull: { state: 'closed', closedAt: AT },
        over: {
          closedBy: 'octocat',
          decisions: [
            {
              v: 1,
              ...aWanted('promote').key,
              decision: 'snooze',
              by: 'octocat',
              reason: 'after the release',
              at: AT,
              until: '2026-11-28T10:00:00.000Z',
            },
          ],
        },
      }),
    ],
    acks: [anAck({ strategy_class: 'carry', episode: 'carry/2' })],
    summary: aSummary({ strategies: {} }),
    lastRuns: [
      { job: 'supervise', startedAt: '2026-11-21T10:04:00.000Z' },
      { job: 'reconcile', startedAt: '2026-11-21T10:03:10.000Z' },
    ],
    problems: [],
    nowMs: msFromIso('2026-11-21T10:05:00.000Z'),
    repository: REPOSITORY,
    stateCommit: COMMIT,
    ...over,
  };
}

/** A class with as many agents and regimes as nobody has, under a long name. */
export function aHugeClass(agents: number, regimes: number): { report: MetaReport; subject: string } {
  const subject = '長'.repeat(128);
  const names = Array.from({ length: agents }, (_, index) => `${'名'.repeat(120)}-${index}`);
  const cells = Array.from({ length: regimes }, (_, index) => [
    `${'域'.repeat(120)}-${index}`,
    aCell({ is_current: index === 0 }),
  ]);
  return {
    subject,
    report: {
      ...aReport(),
      agents: Object.fromEntries(names.map((name) => [name, anAgent({ strategy_class: subject })])),
      strategies: { [subject]: aStrategy({ agents: names, cells: Object.fromEntries(cells) }) },
    },
  };
}
