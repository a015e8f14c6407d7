// The words of the demo: they claim what the numbers carry, no more, and name commands that can be typed as they stand.

import { describe, expect, it } from 'vitest';
import type { DemoDone } from '../../src/demo/demo.ts';
import type { OnGitHub } from '../../src/demo/on-github.ts';
import { nextCommands, storyText } from '../../src/demo/story.ts';
import type { AgentSummary, DemoSummary, Mean, ModelSummary } from '../../src/demo/summary.ts';
import { DAY_MS, HOUR_MS, msFromIso } from '../../src/domain/time.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';

const START_MS = msFromIso('2026-01-01T00:00:00.000Z');
const PATHS = {
  state: '.warden-demo/state',
  candles: '.warden-demo/candles',
  config: '.warden-demo/config',
  github: '.warden-demo/github',
};

function mean(value: number, se: number, n = 100): Mean {
  return { n, n_eff: n, mean: value, se };
}

function modelWith(changes: Partial<ModelSummary>): ModelSummary {
  return {
    horizon_hours: 24,
    versions: 3,
    versions_used: 3,
    model_id: 'id',
    n: 4000,
    n_eff: 3000.4,
    rmse_bps_in_sample: 400.04,
    rmse_bps_out_of_sample: 410.26,
    r2_vs_zero: 0.012345,
    p_value: 0.001234,
    used: true,
    reason: 'beats zero',
    ...changes,
  };
}

function doneWith(changes: Partial<DemoSummary> = {}, breaker: Partial<AgentSummary> = {}): DemoDone {
  return {
    folder: {
      dir: '/d',
      stateDir: '/d/state',
      candleDir: '/d/candles',
      configDir: '/d/config',
      githubDir: '/d/github',
      disk: memoryDisk(),
    },
    startMs: START_MS,
    outage: {
      market: 'spot',
      fromMs: START_MS + 40 * DAY_MS + 12 * HOUR_MS,
      toMs: START_MS + 40 * DAY_MS + 20 * HOUR_MS,
    },
    breakMs: START_MS + 80 * DAY_MS,
    lastRunMs: START_MS + 120 * DAY_MS,
    summary: {
      horizon_hours: 24,
      events: 4879,
      outcomes: {
        reconciled: 12_919,
        pending: 56,
        stale_price: 31,
        no_price: 3,
        invalid_event: 2,
        flat: 552,
      },
      agents: [
        {
          agent: 'trend-ema',
          strategy_class: 'event',
          signals: 830,
          rows: 2474,
          net_bps: mean(3.4, 20.2),
          hit_rate: 0.5351,
          error_bps_before: mean(97.2, 23.1, 525),
          error_bps_broken: mean(-108.4, 35.3, 290),
          error_bps_since: mean(-108.4, 35.3, 290),
          ...breaker,
        },
      ],
      models: [
        modelWith({ horizon_hours: 1, used: false, versions_used: 0, reason: 'no skill: p 0.9' }),
        modelWith({}),
      ],
      ...changes,
    },
    supervision: { looks: 120, agents: [], alerts: [], verdicts: [] },
    onGitHub: { ok: false, error: 'git cannot be run: install it' },
  };
}

/** A sentence with its line breaks undone: lines that go on are indented. */
function sentenceWith(text: string, beginning: string): string {
  return lineWith(text.replaceAll('\n  ', ' '), beginning);
}

function lineWith(text: string, beginning: string): string {
  return text.split('\n').find((line) => line.startsWith(beginning)) ?? '';
}

describe('storyText', () => {
  it('says of the rows of an agent that they are of all horizons, unlike its other figures', () => {
    const [title] = storyText(doneWith(), PATHS).split('\n');

    expect(title).toBe(
      'Agents: rows at all horizons, the rest at 24 h in bps (error: realized - expected; ±: standard error)',
    );
  });

  it('names the day of the break and how the numbers show it', () => {
    const line = sentenceWith(storyText(doneWith(), PATHS), 'What broke');

    expect(line).toContain('from day 81 (2026-03-22) on');
    expect(line).toContain('+97 ± 23 bps from what was expected before (525 rows)');
    expect(line).toContain('-108 ± 35 bps since (290 rows)');
    // (97.2 + 108.4) / hypot(23.1, 35.3)
    expect(line).toContain('a drop of 206 bps, 4.9 standard errors');
  });

  it('does not claim a break that chance could explain', () => {
    const done = doneWith({}, { error_bps_broken: mean(60, 30) });

    const line = sentenceWith(storyText(done, PATHS), 'What broke');

    expect(line).toContain('chance alone could make');
    expect(line).not.toContain('standard errors');
  });

  it.each([
    ['has no rows since', doneWith({}, { error_bps_broken: { n: 0, n_eff: 0, mean: null, se: null } })],
    ['has one row since', doneWith({}, { error_bps_broken: { n: 1, n_eff: 1, mean: -100, se: null } })],
    ['has no rows at all', doneWith({ agents: [] })],
  ])('asks for more days where the breaker %s', (_, done) => {
    expect(sentenceWith(storyText(done, PATHS), 'What broke')).toContain('Too few of its 24 h rows');
  });

  it('tells the outage with its hours and what it cost', () => {
    const line = sentenceWith(storyText(doneWith(), PATHS), 'What went wrong');

    expect(line).toContain('on day 41 (2026-02-10) the spot market had no bars from 12:00 to 20:00 UTC');
    expect(line).toContain('31 pairs that began or ended in it were given up as stale');
    expect(line).toContain('2 broken lines');
    expect(line).toContain('3 pairs were given up without a price');
  });

  it('says at which horizons the model is used, and at which not', () => {
    const learned = (models: readonly ModelSummary[]) =>
      sentenceWith(storyText(doneWith({ models }), PATHS), 'What was learned');
    const never = modelWith({ horizon_hours: 1, used: false, versions_used: 0 });
    const lapsed = modelWith({ horizon_hours: 4, used: false, versions_used: 2 });

    const [both, all, none, once] = [[never, modelWith({})], [modelWith({})], [never], [lapsed]].map(learned);

    expect(both).toContain('at 24 h the model beats');
    expect(both).toContain('at 1 h no version beat');
    expect(all).not.toContain('no version');
    expect(none).not.toContain('beats');
    expect(once).toContain('at 4 h (2 of 3) some versions beat a forecast of zero and the last one does not');
  });

  it('breaks long sentences between words, so that a terminal need not', () => {
    const lines = storyText(doneWith(), { ...PATHS, state: `/${'long'.repeat(40)}` }).split('\n');
    const told = lines.slice(
      lines.findIndex((line) => line.startsWith('What happened')),
      lines.indexOf('Try next:'),
    );

    expect(told.length).toBeGreaterThan(8);
    expect(told.filter((line) => line.length > 100 && !line.includes('longlong'))).toEqual([]);
    expect(told.join('\n')).toContain('long'.repeat(40));
  });

  it('shows the numbers of agents and models in tables', () => {
    const text = storyText(doneWith(), PATHS);

    expect(lineWith(text, 'trend-ema').split(/\s+/)).toEqual([
      'trend-ema',
      'event',
      '830',
      '2,474',
      '3',
      '20',
      '53.5',
      '97',
      '23',
      '-108',
      '35',
    ]);
    expect(lineWith(text, '24 h').split(/\s{2,}/)).toEqual([
      '24 h',
      '4,000',
      '3,000',
      '400',
      '410.3',
      '0.0123',
      '0.0012',
      '3',
      'beats zero',
    ]);
    expect(lineWith(text, '1 h')).toMatch(/ no skill$/);
  });

  it('says what became of the pairs, and that every night was judged', () => {
    const line = sentenceWith(storyText(doneWith(), PATHS), 'What happened');

    expect(line).toContain('every night Warden reconciled them and judged the agents');
    expect(line).toContain('12,919 became rows and 56 wait; 552 signals were FLAT');
  });

  it('says where the report of the supervisor and the settings lie', () => {
    const line = sentenceWith(storyText(doneWith(), PATHS), 'Where to look');

    expect(line).toContain('in .warden-demo/state, the report for people is supervisor/meta_report.md');
    expect(line).toContain('settings .warden-demo/config/*.yaml');
  });
});

describe('nextCommands', () => {
  it('repeats the last run, goes on for a day, judges again, and explains the agent that broke', () => {
    const commands = nextCommands(doneWith(), PATHS).map(({ command }) => command);

    const own = '--state .warden-demo/state --config .warden-demo/config';
    expect(commands).toEqual([
      `npm run -s warden -- reconcile ${own} --prices .warden-demo/candles --now 2026-05-01T00:00:00.000Z`,
      `npm run -s warden -- reconcile ${own} --prices .warden-demo/candles --now 2026-05-02T00:00:00.000Z`,
      `npm run -s warden -- supervise ${own} --now 2026-05-02T00:00:00.000Z`,
      `npm run -s warden -- explain trend-ema ${own} --now 2026-05-02T00:00:00.000Z`,
    ]);
  });

  it('quotes what a shell would take apart', () => {
    const paths = { state: "my demo's/state", candles: 'c', config: 'other config', github: 'my hub' };

    const [first, , last] = nextCommands(doneWith(), paths).map(({ command }) => command);

    expect(first).toContain(`--state 'my demo'\\''s/state' --config 'other config' --prices c`);
    expect(last).toContain(`--config 'other config'`);
  });

  it('offers the change that a merge made, where one was made', () => {
    const onGitHub: OnGitHub = {
      repository: 'you/strategies',
      state_commit: 'a'.repeat(40),
      pulls: [{ number: 1, title: 'Demote', branch: 'warden/demote/trend-ema/1', state: 'merged' }],
      requests: 47,
      writes: 13,
      writes_again: 0,
      writes_after_merge: 2,
      waiting: [],
      failed: [],
    };
    const done: DemoDone = { ...doneWith(), onGitHub: { ok: true, value: onGitHub } };

    expect(nextCommands(done, PATHS).at(-1)?.command).toBe(
      'git --git-dir .warden-demo/github/you/strategies.git show --stat -p -m --first-parent main -- config',
    );
    expect(nextCommands(doneWith(), PATHS).at(-1)?.command).not.toContain('git ');
  });
});
