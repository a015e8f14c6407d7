// The demo at its full length is the test of the whole product: each step of the loop has to have happened, in its order and for its reason.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { runInMemory } from '../cli/memory-host.ts';

/** Build machines can be slow. */
const SLOW_MACHINE_MS = 400_000;
const CONFIG = resolve(import.meta.dirname, '../../config');
const SHARED = process.env['WARDEN_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const CANDLES = join(SHARED, 'data');

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly action: string;
  readonly subject: string;
  readonly state: string;
  readonly revalidated: string | null;
  readonly opened_at: string;
  readonly merged_at: string | null;
  readonly merge_commit: string | null;
}

/** What is read of the one object that the demo prints. */
interface Told {
  readonly exit_code: number;
  readonly break_at: string;
  readonly recover_at: string;
  readonly supervision: {
    readonly looks: number;
    readonly alerts: readonly {
      readonly agent: string;
      readonly strategy_class: string;
      readonly since: string;
    }[];
    readonly verdicts: readonly { readonly kind: string; readonly subject: string; readonly ts: string }[];
    readonly agents: readonly {
      readonly agent: string;
      readonly strategy_class: string;
      readonly alert_looks: number;
    }[];
  };
  readonly github: { readonly pulls: readonly Pull[] };
  readonly mails: readonly { readonly subject: string; readonly at: string; readonly has_chart: boolean }[];
  readonly acknowledgements: readonly {
    readonly ts: string;
    readonly strategy_class: string;
    readonly applied: string;
    readonly episode: string | null;
  }[];
  readonly pink: {
    readonly tradesClosed: number;
    readonly entriesDenied: number;
    readonly band: string;
    readonly orders: number;
  };
  readonly lines: readonly { readonly day: number | null; readonly text: string }[];
}

let cwd: string;
let told: Told;

async function demoIn(folder: string, ...argv: string[]): Promise<Told> {
  const run = await runInMemory(COMMANDS, ['demo', '--json', '--config', CONFIG, '--keep', folder, ...argv], {
    cwd,
  });
  if (run.exitCode !== EXIT.done) throw new Error(run.stderr);
  return run.json() as unknown as Told;
}

function pullTo(action: string, of: Told = told): Pull {
  const pull = of.github.pulls.find((each) => each.action === action);
  if (pull === undefined) throw new Error(`no proposal to ${action}: ${JSON.stringify(of.github.pulls)}`);
  return pull;
}

function file(...path: string[]): string {
  return readFileSync(join(cwd, 'demo', ...path), 'utf8');
}

function stateLines(...path: string[]): Record<string, unknown>[] {
  return file('repository', 'state', 'data', ...path)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-closed-loop-'));
  told = await demoIn('demo');
}, SLOW_MACHINE_MS);

afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

describe('the closed loop', () => {
  it('alerts after the class breaks and before it is proposed to be stopped, for that class alone, and mails it', () => {
    const { alerts, agents, looks } = told.supervision;
    const first = alerts[0];

    expect(first?.strategy_class).toBe('macro');
    expect(
      alerts.every(({ strategy_class, since }) => strategy_class === 'macro' && since > told.break_at),
    ).toBe(true);
    expect((first?.since ?? '9') < pullTo('disable').opened_at).toBe(true);
    expect(looks).toBeGreaterThan(80);
    expect(
      agents.filter(({ strategy_class }) => strategy_class !== 'macro').map(({ alert_looks }) => alert_looks),
    ).toEqual([0, 0, 0, 0]);
    expect(told.mails.find(({ subject }) => subject.includes(first?.agent ?? '-'))).toMatchObject({
      has_chart: true,
    });
    expect(readdirSync(join(cwd, 'demo', 'mail'))).toHaveLength(told.mails.length);
  });

  it('opens a pull request with its evidence and its charts, answers on it, and checks it again before it is merged', () => {
    const pull = pullTo('disable');
    const page = file('pages', `pull-${pull.number}.html`);

    expect(pull).toMatchObject({ title: '[AUTO] Disable strategy: macro', state: 'merged' });
    expect(pull.revalidated).toMatch(/^success: Still true/);
    expect(pull.opened_at < (pull.merged_at ?? '')).toBe(true);
    expect(page).toContain('xychart');
    expect(page).toContain('/warden explain macro');
    expect(page).toContain('status: DISABLED');
    expect(page).toContain('warden/acknowledged');
  });

  it('changes one entry of the kill list by the merge, and nothing else of the configuration', () => {
    const killList = load(file('repository', 'config', 'kill-list.yaml')) as Record<string, object>;

    expect(killList['macro']).toMatchObject({ status: 'DISABLED', episode: 'macro/1' });
    expect(killList['arb']).toMatchObject({ status: 'ENABLED' });
    expect(killList['event']).toMatchObject({ status: 'ENABLED' });
  });

  it('has PINK acknowledge the merge within seconds, and refuse what it decides from then on', () => {
    const pull = pullTo('disable');
    const ack = told.acknowledgements.find(({ applied }) => applied === 'entries_blocked');

    expect(ack).toMatchObject({ strategy_class: 'macro', episode: 'macro/1' });
    expect(Date.parse(ack?.ts ?? '') - Date.parse(pull.merged_at ?? '')).toBeLessThan(60_000);
    expect(told.pink.tradesClosed).toBeGreaterThan(20);
    expect(told.pink.entriesDenied).toBeGreaterThan(20);
    expect(told.pink.band).toBe('OK');
  });

  it("keeps PINK's refused entries as shadow signals, from the first bar after the merge on and never before", () => {
    const mergedAt = pullTo('disable').merged_at ?? '';
    const folder = join('alpha', 'events', 'pink');
    const months = readdirSync(join(cwd, 'demo', 'repository', 'state', 'data', folder));
    const signals = months.flatMap((month) => stateLines(folder, month));
    const executed = (one: Record<string, unknown>): boolean =>
      (one['meta'] as { executed: boolean }).executed;

    expect(signals.filter((one) => !executed(one)).length).toBe(told.pink.entriesDenied);
    expect(signals.filter((one) => String(one['ts']) > mergedAt && executed(one))).toEqual([]);
    expect(signals.filter((one) => String(one['ts']) < mergedAt && !executed(one))).toEqual([]);
  });

  it('proposes to let the class in again once it has recovered in shadow, and leaves that to a person', () => {
    const pull = pullTo('enable');

    expect(pull).toMatchObject({ title: '[AUTO] Re-enable strategy: macro', state: 'open', merged_at: null });
    expect(pull.opened_at > told.recover_at).toBe(true);
    expect(told.supervision.verdicts.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(
      expect.arrayContaining(['DISABLE macro', 'REENABLE macro']),
    );
  });

  it('tells it in ten lines, each with a day where it has one, in the order of the days', () => {
    const days = told.lines.flatMap(({ day }) => (day === null ? [] : [day]));

    expect(told.lines).toHaveLength(10);
    expect(days).toHaveLength(6);
    expect([...days].sort((a, b) => a - b)).toEqual(days);
  });

  it('prints what the README shows, to the letter', () => {
    const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

    for (const { text } of told.lines) expect(readme).toContain(text);
  });

  it('leaves pages of all that, and a state of which nothing can be computed otherwise', async () => {
    for (const page of [
      'index.html',
      'mail.html',
      'site/index.html',
      'site/classes/macro.html',
      'site/pink.html',
      'pink/index.html',
    ])
      expect(existsSync(join(cwd, 'demo', 'pages', page))).toBe(true);

    const state = ['--state', 'demo/repository/state/data', '--config', 'demo/repository/config'];
    const verified = await runInMemory(COMMANDS, ['verify', ...state], { cwd });

    expect(verified.exitCode).toBe(EXIT.done);
  });
});

it.skipIf(!existsSync(CANDLES))(
  'closes the loop on the prices of spring 2021 as well (needs the shared data)',
  { timeout: SLOW_MACHINE_MS },
  async () => {
    const real = await demoIn('real', '--prices', CANDLES, '--from', '2021-02-28');

    expect(pullTo('disable', real)).toMatchObject({ subject: 'macro', state: 'merged' });
    expect(pullTo('enable', real)).toMatchObject({ subject: 'macro', state: 'open' });
    expect(real.acknowledgements.some(({ applied }) => applied === 'entries_blocked')).toBe(true);
    expect(real.pink.entriesDenied).toBeGreaterThan(20);
  },
);
