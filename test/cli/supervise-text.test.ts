// The summary of a supervise run on a terminal: aligned, short, and safe against what agents call themselves.

import { describe, expect, it } from 'vitest';
import { type Supervised, superviseText } from '../../src/cli/supervise-text.ts';
import { aDisableVerdict, aMetaReport } from '../domain/record-builders.ts';
import { aBusyReport, aQuietAgent } from '../supervision/report-world.ts';

function textOf(over: Partial<Supervised> = {}): string {
  return superviseText({ report: aBusyReport(), openVerdicts: [], newVerdicts: [], lastGood: null, ...over });
}

function partOf(text: string, title: string): readonly string[] {
  const part = text.split('\n\n').find((each) => each.startsWith(title)) ?? '';
  return part.split('\n').slice(1);
}

describe('superviseText', () => {
  it('says first what needs a person, with one sentence a line', () => {
    const lines = partOf(textOf({ openVerdicts: [aDisableVerdict()] }), 'needs a person');

    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      'KILL  class macro',
      'ALERT  agent trend-ema',
      'DISABLED  class carry',
    ]);
    expect(lines[1]).toMatch(/^ {4}In the current regime TREND CVaR 95 .* n_eff 132\.5 in 110 spans/);
    expect(lines).toContain(
      '    The proposal to disable the class (macro/1, 2026-11-21 10:00) waits for a person: to follow it, set status: DISABLED in config/kill-list.yaml, with reason, evidence, since and episode.',
    );
  });

  it('shows classes, agents and divergence as tables', () => {
    const text = textOf();

    expect(partOf(text, 'classes')[1]).toMatch(
      /^macro +ENABLED +RANGE +WATCH +4\.2 +1\.90 to 2\.80 +4 +812\.3/,
    );
    expect(partOf(text, 'agents').map((line) => line.split(/ +/)[0])).toEqual([
      'agent',
      'trend-ema',
      'fade-funding',
      'news-llm',
      'pairs-btc-eth',
    ]);
    expect(partOf(text, 'divergence')[1]).toMatch(
      /^trend-ema +4 h +mean +ALERT +2026-11-21 10:00 +6,120\.4 +5,000/,
    );
  });

  it('shows what is unknown as a dash', () => {
    expect(partOf(textOf(), 'classes').find((line) => line.startsWith('news'))).toMatch(
      /INSUFFICIENT +– +– +– +– +3 /,
    );
  });

  it('shows 20 agents and counts the others', () => {
    const agents = Object.fromEntries(
      Array.from({ length: 23 }, (_, index) => [`a-${index}`, aQuietAgent()]),
    );
    const lines = partOf(textOf({ report: aMetaReport({ agents }) }), 'agents');

    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('and 3 more, see meta_report.md');
  });

  it('names what the run decided', () => {
    const lines = partOf(textOf({ newVerdicts: [aDisableVerdict()] }), 'decided in this run');

    expect(lines[0]).toBe('macro');
    expect(lines[1]).toContain('DISABLE proposed (macro/1, 2026-11-21 10:00).');
  });

  it('says in words where there is nothing', () => {
    const report = aMetaReport({ generated_at: null, agents: {}, strategies: {} });

    expect(textOf({ report })).toBe(
      [
        'no evidence yet; classes are judged at 24 h',
        'needs a person: nothing',
        'classes: no class has rows yet',
        'agents: no agent has rows yet',
        'divergence: no trigger is in ALERT, WARN or RESOLVED',
        'decided in this run: nothing',
      ].join('\n\n'),
    );
  });

  it('says where the last good settings stayed in force', () => {
    expect(textOf({ lastGood: 'The settings of yesterday are in force.' })).toContain(
      '\n\nThe settings of yesterday are in force.\n\n',
    );
  });

  it('makes control characters in names visible', () => {
    const report = aMetaReport({ agents: { 'evil\u001b[2J\nname': aQuietAgent() }, strategies: {} });
    const verdict = aDisableVerdict({ subject: 'evil\u001b[2J\n::error::x' });
    const text = textOf({ report, openVerdicts: [verdict], newVerdicts: [verdict] });

    expect(text).not.toContain('\u001b');
    expect(text).not.toMatch(/^(::|name)/m);
  });
});
