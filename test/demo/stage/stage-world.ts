// A stage for the tests, whose class `macro` breaks: the rows are there already, and each look judges them under what main says.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { DemoStage } from '../../../src/demo/stage/demo-stage.ts';
import { gitLacks } from '../../../src/demo/stage/needs.ts';
import { openStage } from '../../../src/demo/stage/stage.ts';
import { AGENTS_FILE, KILL_LIST_FILE, WARDEN_FILE } from '../../../src/domain/proposal.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { memoryLog } from '../../app/deliveries.ts';
import { insertAll, look, REGISTRY, settledMs, worldConfig, worldRows } from '../../jobs/supervise-world.ts';

export const KILL_LIST = `# Which strategies may enter. Changed by pull request only.

macro: # two agents, one idea
  status: ENABLED
  max_cvar_sigma: 4.0 # agreed in January
`;

export interface StageWorld {
  readonly dir: string;
  readonly stage: DemoStage;
  readonly log: ReturnType<typeof memoryLog>;
  /** Supervises as of a day and commits, as every day of the demo does. */
  live(day: number): Promise<void>;
}

/** First and last day with rows, around the break. */
const DAYS = [100, 160] as const;

export async function stageWorld(): Promise<StageWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'warden-stage-'));
  const log = memoryLog();
  const yaml = (value: unknown): string => dump(value, { noRefs: true });
  const spot = { source: 'ccxt' as const, exchanges: ['kraken'], timeframe: '1h' as const };
  const opened = await openStage({
    dir,
    files: {
      [WARDEN_FILE]: yaml(worldConfig((config) => ({ ...config, prices: { ...config.prices, spot } }))),
      [AGENTS_FILE]: yaml(REGISTRY),
      [KILL_LIST_FILE]: KILL_LIST,
    },
    startMs: settledMs(DAYS[0]) - DAY_MS,
    log,
    codeVersion: '1.0.0',
  });
  if (!opened.ok) throw new Error(`${opened.error} ${await gitLacks()}`);
  const stage = opened.value;
  insertAll(stage.disk, worldRows(...DAYS));
  return {
    ...{ dir, stage, log },
    async live(day) {
      stage.moveTo(settledMs(day));
      look(stage.disk, settledMs(day), { settings: stage.settings() });
      await stage.commit(`state: supervise day ${day}`);
    },
  };
}
