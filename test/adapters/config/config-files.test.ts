// The configuration files: what ships is valid, and whatever a person gets wrong is answered with file, place and next step.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  agentsNotice,
  configProblemText,
  loadAgents,
  loadKillList,
  loadWardenConfig,
  parseAgents,
  parseKillList,
  parseWardenConfig,
} from '../../../src/adapters/config/config-files.ts';
import type { ConfigProblem } from '../../../src/adapters/config/yaml-file.ts';
import type { Result } from '../../../src/domain/result.ts';

const SHIPPED_DIR = new URL('../../../config/', import.meta.url);
const SHIPPED = readFileSync(new URL('warden.yaml', SHIPPED_DIR), 'utf8');

type Loaded = Result<unknown, readonly ConfigProblem[]>;

function textsOf(loaded: Loaded): readonly string[] {
  return loaded.ok ? [] : loaded.error.map(configProblemText);
}

/** The shipped warden.yaml with some of its text replaced. A replacement that finds nothing fails the test. */
function shippedWith(...replacements: readonly (readonly [from: string, to: string])[]): string {
  let text = SHIPPED;
  for (const [from, to] of replacements) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text;
}

function wardenProblems(
  ...replacements: readonly (readonly [from: string, to: string])[]
): readonly string[] {
  return textsOf(parseWardenConfig(shippedWith(...replacements), 'config/warden.yaml'));
}

function lineOf(text: string): number {
  return SHIPPED.slice(0, SHIPPED.indexOf(text)).split('\n').length;
}

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'warden-config-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('the shipped configuration', () => {
  it('is valid and says what the documentation says', () => {
    const loaded = loadWardenConfig(SHIPPED_DIR.pathname);

    expect(textsOf(loaded)).toEqual([]);
    expect(loaded.ok && loaded.value.config).toMatchObject({
      horizons_hours: [1, 4, 24],
      prices: { spot: { exchanges: ['okx', 'kraken'] }, settle_lag: '2m', give_up_after: '7d' },
      costs: { spot: { fee_bps: 10 }, perp: { fee_bps: 5 }, equity: { fee_bps: 0 } },
      model: { min_rows: 250, max_rows: 12_000 },
      state: { branch: 'warden-state' },
    });
  });

  it('registers every agent in a class that the kill list knows', () => {
    const [agents, killList] = [loadAgents(SHIPPED_DIR.pathname), loadKillList(SHIPPED_DIR.pathname)];

    expect(textsOf(agents)).toEqual([]);
    expect(textsOf(killList)).toEqual([]);
    if (!agents.ok || !killList.ok) return;
    const classes = Object.values(agents.value).map((agent) => agent.strategy_class);
    expect([...new Set(classes)].sort()).toEqual(Object.keys(killList.value.killList).sort());
  });

  it('allows no capital to the agents of the demonstration', () => {
    const agents = loadAgents(SHIPPED_DIR.pathname);

    expect(agents.ok && Object.values(agents.value).every((agent) => agent.stage === 'shadow')).toBe(true);
  });

  it.each(['warden.yaml', 'agents.yaml', 'kill-list.yaml'])('points editors of %s to its schema', (file) => {
    const [first] = readFileSync(new URL(file, SHIPPED_DIR), 'utf8').split('\n');
    const schema = /^# yaml-language-server: \$schema=(.+)$/.exec(first ?? '')?.[1] ?? 'none';

    expect(() => readFileSync(new URL(schema, SHIPPED_DIR))).not.toThrow();
  });
});

describe('warden.yaml', () => {
  it('is answered with the place, the allowed words and the one that was probably meant', () => {
    const line = lineOf('timeframe: 1h');

    expect(wardenProblems(['timeframe: 1h', 'timeframe: 2h'])).toEqual([
      `config/warden.yaml:${line}:5 prices.spot.timeframe: "2h" is not allowed; expected 1m | 5m | 15m | 30m | 1h; did you mean "1h"?`,
    ]);
  });

  it('lists every problem from the top to the end', () => {
    const texts = wardenProblems(
      ['branch: warden-state', 'brnch: warden-state'],
      ['timeframe: 1h', 'timeframe: 1x'],
      ['folds: 5', 'folds: 1'],
    );

    const lines = texts.map((text) => Number(text.split(':')[1]));
    expect(lines).toEqual([lineOf('timeframe: 1h'), lineOf('folds: 5'), lineOf('branch: warden-state')]);
  });

  it.each([
    [
      'an unknown key',
      'settle_lag: 2m',
      'setle_lag: 2m',
      'prices.setle_lag: unknown key; did you mean "settle_lag"?',
    ],
    [
      'a wrong type',
      'exchanges: [okx, kraken]',
      'exchanges: okx',
      'prices.spot.exchanges: "okx" must be array',
    ],
    ['a wrong type inside a list', '[1, 4, 24]', '[1, four, 24]', 'horizons_hours.1: "four" must be integer'],
    ['a number as text', 'fee_bps: 10 ', 'fee_bps: "10" ', 'costs.spot.fee_bps: "10" must be number'],
    ['a duration without a unit', 'settle_lag: 2m', 'settle_lag: 2', 'prices.settle_lag: 2 must be string'],
    [
      'a duration with a wrong unit',
      'settle_lag: 2m',
      'settle_lag: 2w',
      'prices.settle_lag: "2w" does not have',
    ],
    ['a value out of range', 'max_loss: 0.35', 'max_loss: 35', 'prices.max_loss: 35 must be <= 1'],
    [
      'a number that is none',
      'max_loss: 0.35',
      'max_loss: .nan',
      'prices.max_loss: NaN is not a finite number',
    ],
    [
      'an infinite number',
      'max_stale_bars: 2 ',
      'max_stale_bars: .inf ',
      'prices.max_stale_bars: Infinity is not a finite',
    ],
    ['another version', 'version: 1', 'version: 2', 'version: 2 is not allowed; expected 1'],
    ['a source nobody has', 'source: ccxt', 'source: yahoo', 'prices.spot.source: "yahoo"'],
  ])('is refused with %s', (_case, from, to, words) => {
    const [text, ...rest] = wardenProblems([from, to]);

    expect(text).toContain(`config/warden.yaml:${lineOf(from)}:`);
    expect(text).toContain(words);
    expect(rest).toEqual([]);
  });

  it('is refused with the place of the parent where a key is missing', () => {
    const [text] = wardenProblems(['    fee_bps: 10 ', '    # fee_bps: 10 ']);

    expect(text).toContain(
      `config/warden.yaml:${lineOf('  spot:\n    fee_bps')}:3 costs.spot.fee_bps: is missing`,
    );
  });

  it.each([
    [
      'prices are given up before they are read',
      'give_up_after: 7d',
      'give_up_after: 1m',
      'prices.give_up_after: 1m is not longer than prices.settle_lag (2m)',
    ],
    [
      'prices are given up as they are read',
      'give_up_after: 7d',
      'give_up_after: 120s',
      'prices.give_up_after',
    ],
    [
      'the fast volatility is the slower',
      'fast_half_life: 2d',
      'fast_half_life: 21d',
      'volatility.fast_half_life: 21d is not shorter than volatility.asof_half_life (20d)',
    ],
    ['both volatilities are one', 'fast_half_life: 2d', 'fast_half_life: 480h', 'volatility.fast_half_life'],
    [
      'a half-life is nothing',
      'fast_half_life: 2d',
      'fast_half_life: 0h',
      'volatility.fast_half_life: 0h is no half-life',
    ],
    [
      'a duration is a slip',
      'asof_half_life: 20d',
      'asof_half_life: 20000000d',
      'volatility.asof_half_life: 20000000d is more than ten years',
    ],
    [
      'an exchange is named twice',
      '[okx, kraken]',
      '[okx, kraken, okx]',
      'prices.spot.exchanges.2: okx is named twice',
    ],
    [
      'no model could ever be trained',
      'min_rows: 250',
      'min_rows: 12001',
      'model.min_rows: 12001 is more than model.max_rows (12000)',
    ],
    [
      'the branch is an option of git',
      'branch: warden-state',
      'branch: --upload-pack=x',
      'state.branch: "--upload-pack=x" is not the name of a branch',
    ],
    ['the branch is a range', 'branch: warden-state', 'branch: a..b', 'state.branch'],
    ['the branch is HEAD', 'branch: warden-state', 'branch: HEAD', 'state.branch'],
  ])('is refused where %s', (_case, from, to, words) => {
    const [text, ...rest] = wardenProblems([from, to]);

    expect(text).toContain(`config/warden.yaml:${lineOf(from)}:`);
    expect(text).toContain(words);
    expect(rest).toEqual([]);
  });

  it('is refused without any source of prices', () => {
    const start = SHIPPED.indexOf('  # Where the bars of a market');
    const end = SHIPPED.indexOf('  settle_lag');
    const text = SHIPPED.slice(0, start) + SHIPPED.slice(end);

    expect(textsOf(parseWardenConfig(text, 'w.yaml'))).toEqual([
      'w.yaml:12:1 prices: names no source; expected at least one of spot, perp, equity',
    ]);
  });

  it('has one hash for one meaning, whatever its comments, order and defaults', () => {
    const plain = parseWardenConfig(SHIPPED, 'w');
    const bare = parseWardenConfig(
      SHIPPED.replaceAll(/ *#.*$/gm, '').replace(/\nstate:\n {2}branch: warden-state\n/, '\n'),
      'w',
    );
    const other = parseWardenConfig(shippedWith(['latency_ms: 0', 'latency_ms: 1']), 'w');

    expect(bare.ok && bare.value.sha256).toBe(plain.ok && plain.value.sha256);
    expect(other.ok && other.value.sha256).not.toBe(plain.ok && plain.value.sha256);
  });
});

describe('every configuration file', () => {
  const readers = [
    ['warden.yaml', parseWardenConfig],
    ['agents.yaml', parseAgents],
    ['kill-list.yaml', parseKillList],
  ] as const;

  it.each(readers)('%s is refused where it is empty, a list or a word', (file, parse) => {
    for (const text of ['', '\n# only a comment\n', '\uFEFF']) {
      expect(textsOf(parse(text, file))[0]).toContain(`${file}: is empty; expected `);
    }
    for (const text of ['- a\n', 'word\n', '~\n', '3\n']) {
      expect(textsOf(parse(text, file))[0]).toMatch(new RegExp(`^${file}:1:1 expected .*; found `));
    }
  });

  it.each(readers)('%s is refused with the place of what is not YAML', (file, parse) => {
    expect(textsOf(parse('a: {}\na: {}\n', file))[0]).toContain(
      `${file}:2:1 cannot be read as YAML: duplicated`,
    );
    expect(textsOf(parse('a: {}\nb: [1\n', file))[0]).toContain(`${file}:`);
    expect(textsOf(parse('a: &x {}\nb: *x\n', file))[0]).toContain('aliases (*name) are not allowed');
    expect(textsOf(parse('a: !!binary aGk=\n', file))[0]).toContain('unknown scalar tag');
  });

  it.each(readers)('%s is refused with keys that reach into objects', (file, parse) => {
    const texts = textsOf(parse('a: {}\n__proto__: { version: 1 }\n', file));

    expect(texts).toEqual([`${file}:2:1 __proto__: is not usable as a key; choose another name`]);
  });

  it.each(readers)(
    '%s is refused where it is larger than a person writes, before it is parsed',
    (file, parse) => {
      expect(textsOf(parse(`# ${'x'.repeat(300_000)}`, file))[0]).toContain('expected at most 262144 bytes');
    },
  );

  it('is not slow to refuse a ruler of number signs', () => {
    expect(textsOf(parseAgents(`${'#'.repeat(5000)}\nx: 1\n`, 'a'))).toHaveLength(1);
  });

  it('shows the first 50 problems and counts the rest', () => {
    const text = Array.from({ length: 120 }, (_, at) => `agent-${at}: 1\n`).join('');

    const texts = textsOf(parseAgents(text, 'a'));

    expect(texts).toHaveLength(51);
    expect(texts.at(-1)).toBe('a: and 70 more problems');
  });
});

describe('agents.yaml', () => {
  it('fills in that an agent is watched only, until somebody says otherwise', () => {
    const parsed = parseAgents('a: { strategy_class: macro }\n', 'agents.yaml');

    expect(parsed).toEqual({
      ok: true,
      value: { a: { strategy_class: 'macro', stage: 'shadow', base_weight: 0 } },
    });
  });

  it.each([
    ['a missing class', 'a: {}\n', 'a:1:1 a.strategy_class: is missing'],
    ['a stage nobody knows', 'a: { strategy_class: m, stage: lives }\n', 'did you mean "live"?'],
    ['an unknown key', 'a: { strategy_clas: m }\n', 'did you mean "strategy_class"?'],
    ['a weight above one', 'a: { strategy_class: m, base_weight: 20 }\n', 'a.base_weight: 20 must be <= 1'],
    [
      'a control character in a name',
      '"a\\u0007": { strategy_class: m }\n',
      'does not have the expected form',
    ],
    [
      'a control character in a class',
      'a: { strategy_class: "m\\u001b[31m" }\n',
      'a.strategy_class: "m\\u001b[31m" does not have',
    ],
  ])('is refused with %s', (_case, text, words) => {
    expect(textsOf(parseAgents(text, 'a')).join('\n')).toContain(words);
  });

  it('may be absent, which is said', () => {
    const loaded = loadAgents(dir);

    expect(loaded).toEqual({ ok: true, value: {} });
    expect(agentsNotice(dir)).toContain(`${dir}/agents.yaml: there is no such file`);
  });

  it('is not said to be absent where it is there, valid or not', () => {
    writeFileSync(join(dir, 'agents.yaml'), 'a: [');

    expect(agentsNotice(dir)).toBeNull();
    expect(loadAgents(dir).ok).toBe(false);
  });
});

describe('kill-list.yaml', () => {
  const DISABLED = `macro:
  status: DISABLED
  reason: CVaR 95 of 5.1 sigma, limit 4.0
  evidence: verdict 3f2a
  since: 2026-11-21T10:00:00.000Z
  episode: macro/1
`;

  it('reads limits by class and regime, and a class that was disabled', () => {
    const parsed = parseKillList(
      `${DISABLED}arb:\n  by_regime:\n    TREND: { max_cvar_error_bps: 2400 }\n`,
      'k',
    );

    expect(textsOf(parsed)).toEqual([]);
    expect(parsed.ok && parsed.value.killList).toMatchObject({
      macro: { status: 'DISABLED', episode: 'macro/1' },
      arb: { status: 'ENABLED', by_regime: { TREND: { max_cvar_error_bps: 2400 } } },
    });
  });

  it.each(['reason', 'evidence', 'since', 'episode'])(
    'is refused where a DISABLED class has no %s',
    (key) => {
      const text = DISABLED.replace(new RegExp(`  ${key}:.*\n`), '');

      const texts = textsOf(parseKillList(text, 'k'));

      expect(texts).toHaveLength(1);
      expect(texts[0]).toContain(`k:1:1 macro.${key}: is missing; expected string (`);
    },
  );

  it('is refused where a class says why it is disabled but not that it is', () => {
    const texts = textsOf(parseKillList(DISABLED.replace('  status: DISABLED\n', ''), 'k'));

    expect(texts).toHaveLength(4);
    expect(texts[0]).toBe(
      'k:2:3 macro.reason: belongs to a DISABLED class; write status: DISABLED, or remove the key',
    );
  });

  it.each([
    ['a status nobody knows', 'macro: { status: DISABELD }\n', 'did you mean "DISABLED"?'],
    ['a limit as text', 'macro: { max_cvar_sigma: "4" }\n', 'macro.max_cvar_sigma: "4" must be number'],
    ['a limit of zero', 'macro: { max_cvar_error_bps: 0 }\n', 'macro.max_cvar_error_bps: 0 must be > 0'],
    ['an unknown limit', 'macro: { max_cvar_sigmas: 4 }\n', 'did you mean "max_cvar_sigma"?'],
    [
      'a regime without a limit',
      'macro: { by_regime: { TREND: {} } }\n',
      'macro.by_regime.TREND: {} must NOT have fewer',
    ],
    ['a class without anything', 'macro:\n', 'macro: null must be object'],
    [
      'a date for an instant',
      DISABLED.replace(/since:.*/, 'since: 2026-11-21'),
      'UTC instant, e.g. 2026-11-21T10:00:00.000Z',
    ],
    ['an episode without a number', DISABLED.replace('macro/1', 'macro'), '<strategy class or agent>/<n>'],
  ])('is refused with %s', (_case, text, words) => {
    const texts = textsOf(parseKillList(text, 'k'));

    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain(words);
  });

  it('may say that there is no class', () => {
    const parsed = parseKillList('{}\n', 'k');

    expect(parsed.ok && parsed.value.killList).toEqual({});
  });
});

describe('a file in a folder', () => {
  it.each([
    ['warden.yaml', loadWardenConfig],
    ['kill-list.yaml', loadKillList],
  ] as const)('%s must be there: the folder that was searched and the next step are said', (file, load) => {
    const [text] = textsOf(load(dir));

    expect(text).toContain(`${dir}/${file}: there is no such file in ${dir}; expected `);
    expect(text).toContain('--config');
  });

  it('is missed by name where there is one like it', () => {
    writeFileSync(join(dir, 'warden.yml'), SHIPPED);

    expect(textsOf(loadWardenConfig(dir))[0]).toContain('but there is warden.yml');
  });

  it('is missed where there is no folder', () => {
    expect(textsOf(loadWardenConfig(join(dir, 'none')))[0]).toContain(
      `there is no folder ${join(dir, 'none')}`,
    );
  });

  it('is shown with the folder as it was given', () => {
    writeFileSync(join(dir, 'kill-list.yaml'), 'macro: 1\n');

    expect(textsOf(loadKillList(`${dir}///`))[0]).toContain(
      `${dir}/kill-list.yaml:1:1 macro: 1 must be object`,
    );
  });

  it('is refused where a folder has its name', () => {
    mkdirSync(join(dir, 'kill-list.yaml'));

    expect(textsOf(loadKillList(dir))[0]).toContain('kill-list.yaml: is not a file');
  });

  it('is refused where it is not UTF-8', () => {
    writeFileSync(join(dir, 'kill-list.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));

    expect(textsOf(loadKillList(dir))[0]).toContain('is not UTF-8');
  });

  it('is refused where it is too large to be read at all', () => {
    writeFileSync(join(dir, 'agents.yaml'), 'x'.repeat(300_000));

    expect(textsOf(loadAgents(dir))[0]).toContain('expected at most 262144 bytes');
  });

  it('is refused where a class has the one name that no kill list can hold', () => {
    expect(textsOf(parseAgents('a: { strategy_class: __proto__ }\n', 'agents.yaml'))).toEqual([
      'agents.yaml:1:6 a.strategy_class: "__proto__" cannot be a name; choose another',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('is refused where it may not be read (not for root, who may)', () => {
    writeFileSync(join(dir, 'kill-list.yaml'), '{}');
    chmodSync(join(dir, 'kill-list.yaml'), 0o000);

    expect(textsOf(loadKillList(dir))[0]).toContain('cannot be read');
  });
});
