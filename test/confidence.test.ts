// The library that agents size by: a factor from the file of the supervisor, 1 without evidence, and never from a broken file.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfidenceUnreadable, getConfidence, getConfidenceMultiplier } from '../src/confidence.ts';
import type { ConfidenceMultipliers } from '../src/domain/supervisor.ts';

let state = '';
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'warden-confidence-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const DETAIL = { n: 80, n_eff: 60, n_excluded: 2, P: 0.5, W: 40, shrink: 0.7, mode: 'sigma' } as const;

function write(text: string): void {
  mkdirSync(join(state, 'supervisor'), { recursive: true });
  writeFileSync(join(state, 'supervisor/confidence_multipliers.json'), text);
}

function writeFile(over: Partial<ConfidenceMultipliers> = {}): void {
  const file: ConfidenceMultipliers = {
    version: 1,
    generated_at: '2026-11-21T10:00:00.000Z',
    multipliers: { momo: 0.8731 },
    detail: { momo: DETAIL },
    ...over,
  };
  write(JSON.stringify(file));
}

describe('getConfidenceMultiplier', () => {
  it('is what the supervisor wrote', () => {
    writeFile();
    expect(getConfidenceMultiplier('momo', { state })).toBe(0.8731);
  });

  it('is 1 where nothing was supervised yet, and for an agent that is not known', () => {
    expect(getConfidenceMultiplier('momo', { state })).toBe(1);
    expect(getConfidenceMultiplier('momo', { state: join(state, 'no such folder') })).toBe(1);
    writeFile();
    expect(
      ['carry', 'constructor', '__proto__'].map((agent) => getConfidenceMultiplier(agent, { state })),
    ).toEqual([1, 1, 1]);
  });

  it.each([
    ['is empty', ''],
    ['was cut', '{"version":1,"multipliers":{"momo":0.8'],
    ['is of a later version', '{"version":2,"generated_at":null,"multipliers":{},"detail":{}}'],
    ['holds a multiplier of 0', '{"version":1,"generated_at":null,"multipliers":{"momo":0},"detail":{}}'],
    ['holds text for a number', '{"version":1,"generated_at":null,"multipliers":{"momo":"1"},"detail":{}}'],
    [
      'lacks the detail of the agent',
      '{"version":1,"generated_at":null,"multipliers":{"momo":1},"detail":{}}',
    ],
    ['is no object', 'null'],
  ])('throws where the file %s, naming the file and what to do', (_what, text) => {
    write(text);
    expect(() => getConfidenceMultiplier('momo', { state })).toThrow(ConfidenceUnreadable);
    expect(() => getConfidenceMultiplier('momo', { state })).toThrow(
      /supervisor\/confidence_multipliers\.json: .*\. Run "warden supervise"/,
    );
  });

  it('refuses an agent without a name', () => {
    expect(() => getConfidenceMultiplier('', { state })).toThrow(TypeError);
  });

  it('reads the state that WARDEN_STATE names', () => {
    writeFile();
    const before = process.env['WARDEN_STATE'];
    process.env['WARDEN_STATE'] = state;
    try {
      expect(getConfidenceMultiplier('momo')).toBe(0.8731);
    } finally {
      if (before === undefined) delete process.env['WARDEN_STATE'];
      else process.env['WARDEN_STATE'] = before;
    }
  });
});

describe('getConfidence', () => {
  it('says how the multiplier came about', () => {
    writeFile();
    expect(getConfidence('momo', { state })).toEqual({
      multiplier: 0.8731,
      detail: DETAIL,
      generatedAt: '2026-11-21T10:00:00.000Z',
    });
  });

  it('tells no evidence from a multiplier of 1', () => {
    writeFile({ multipliers: { momo: 1 } });
    expect(getConfidence('momo', { state })?.multiplier).toBe(1);
    expect(getConfidence('carry', { state })).toBeNull();
  });
});
