// Facts that verdicts are decided on, for tests that change what matters to them: classes with cells, a log, a kill list.

import { resolve } from 'node:path';
import { loadWardenConfig } from '../../src/adapters/config/config-files.ts';
import type { CvarCell } from '../../src/domain/cvar.ts';
import type { KillListEntry } from '../../src/domain/kill-list.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import type { CellFacts, DecisionFacts, VerdictDraft } from '../../src/supervision/decision-facts.ts';
import { type SupervisorRules, supervisorRules } from '../../src/supervision/supervisor-rules.ts';
import { AT, aCell, SHA } from '../domain/record-builders.ts';

const loaded = loadWardenConfig(resolve(import.meta.dirname, '../../config'));
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));

/** Those of the configuration as shipped. */
export const rules: SupervisorRules = supervisorRules(loaded.value.config);

export const ok: Partial<CvarCell> = { status: 'OK', breached: [] };

/** Fresh rows since October whose tail is far below the limit of 4. */
export const healthy: Partial<CvarCell> = {
  ...ok,
  recent: {
    n_eff: 61,
    n_blocks: 31,
    from: '2026-10-20T00:00:00.000Z',
    cvar95_error_bps: 900,
    se_cvar95_error_bps: 90,
    cvar95_sigma: 2,
    se_cvar95_sigma: 0.2,
  },
};

export const disabled: KillListEntry = {
  status: 'DISABLED',
  reason: 'r',
  evidence: 'e',
  since: '2026-10-01T00:00:00.000Z',
  episode: 'macro/1',
};

export function cellsOf(cells: Record<string, Partial<CvarCell>>, asOf = AT): Map<string, CellFacts> {
  return new Map(
    Object.entries(cells).map(([regime, over]) => [regime, { cell: aCell(over), modelIds: ['m'], asOf }]),
  );
}

/** The facts about the class `macro`; a cell that is not described further is a KILL in the current regime. */
export function macro(
  cells: Record<string, Partial<CvarCell>>,
  over: Partial<DecisionFacts> = {},
): DecisionFacts {
  return factsOf({ cells: new Map([['macro', cellsOf(cells)]]), ...over });
}

export function factsOf(over: Partial<DecisionFacts>): DecisionFacts {
  const none = {
    cells: new Map(),
    killList: {},
    promotion: {},
    newestExits: new Map(),
    alerts: [],
    past: [],
  };
  return { ...none, rules, ...over };
}

/** The drafts as they would stand in the log. */
export function logged(drafts: readonly VerdictDraft[]): Verdict[] {
  const provenance = { state_commit: null, config_hash: SHA, code_version: '1', prev_sha256: null };
  return drafts.map((draft) => ({ ...draft, ...provenance }));
}

export function kinds(drafts: readonly VerdictDraft[]): string[] {
  return drafts.map(({ kind, episode }) => `${kind} ${episode}`);
}
