// The meta report in Markdown: what needs a person first, every number with its evidence, nothing of others as markup.

import { describe, expect, it } from 'vitest';
import type { MetaReport } from '../../src/domain/supervisor.ts';
import {
  metaReportMarkdown,
  REPORT_BYTES_MAX,
  type ReportContext,
  runSummaryMarkdown,
  verdictsMarkdown,
} from '../../src/supervision/report-markdown.ts';
import { aCell, aDisableVerdict, aMetaReport, anAlert, aPromotion } from '../domain/record-builders.ts';
import { mermaidFences, parseMermaid } from '../mermaid.ts';
import { aBusyReport, aHostileReport, aHugeReport, anAgent, aQuietAgent, aStrategy } from './report-world.ts';

const NOTHING: ReportContext = { openVerdicts: [], lastGood: null };

function sectionOf(markdown: string, title: string): string {
  const start = markdown.indexOf(`\n## ${title}\n`);
  const end = markdown.indexOf('\n## ', start + 1);
  return start < 0 ? '' : markdown.slice(start + 1, end < 0 ? undefined : end);
}

/** Cells of the first table of a section, by the name in its first column. */
function rowOf(section: string, name: string): Record<string, string> {
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  const cells = (line: string): string[] => line.slice(2, -2).split(' | ');
  const row = lines.find((line) => line.startsWith(`| \`${name}\` `)) ?? '';
  const values = cells(row);
  return Object.fromEntries(cells(lines[0] ?? '').map((head, index) => [head, values[index] ?? '']));
}

function withCalmAgents(count: number, over: Partial<MetaReport> = {}): MetaReport {
  const calm = Array.from({ length: count }, (_, index): [string, ReturnType<typeof anAgent>] => [
    `calm-${String(index).padStart(3, '0')}`,
    aQuietAgent(),
  ]);
  return aMetaReport({ agents: { 'trend-ema': anAgent(), ...Object.fromEntries(calm) }, ...over });
}

describe('the meta report', () => {
  it('has its sections in the order in which they are needed', () => {
    const titles = [...metaReportMarkdown(aBusyReport(), NOTHING).matchAll(/^##? (.*)$/gm)].map(
      ([, title]) => title,
    );

    expect(titles).toEqual([
      'Meta report',
      'What needs a person',
      'Classes',
      'Charts',
      'Agents',
      'Divergence',
      'Promotion gates',
      'How these numbers come about',
    ]);
  });

  it('opens with what needs a person, in words', () => {
    const report = metaReportMarkdown(aBusyReport(), { openVerdicts: [aDisableVerdict()], lastGood: null });
    const section = sectionOf(report, 'What needs a person').split('\n');

    expect(section.filter((line) => line.startsWith('- '))).toEqual([
      '- **KILL** class `macro`',
      '- **ALERT** agent `trend-ema`',
      '- **DISABLED** class `carry`',
    ]);
    const ofMacro = section.slice(section.indexOf('- **KILL** class `macro`') + 1);
    expect(ofMacro[0]).toContain('5.10 sigma (90 % interval 4.30 to 5.90, limit 4.00)');
    expect(ofMacro.every((line, index) => index > 3 || line.startsWith('  - '))).toBe(true);
    expect(ofMacro.find((line) => line.includes('waits for a person'))).toMatch(/^ {2}- The proposal/);
  });

  it('says that nothing needs a person, and how much nobody can judge', () => {
    const cells = { A: aCell({ status: 'INSUFFICIENT' }), B: aCell({ status: 'NO_LIMIT', threshold: null }) };
    const quiet = aMetaReport({ agents: {}, strategies: { macro: aStrategy({ cells }) } });
    const section = sectionOf(metaReportMarkdown(quiet, NOTHING), 'What needs a person');

    expect(section).toContain('No breach, no open episode, no divergence alert');
    expect(section).toContain(
      'Cells of class and regime: 2. Too few effective rows to be judged: 1. Without a limit: 1.',
    );
  });

  it('warns first where the last good settings stayed in force', () => {
    const report = metaReportMarkdown(aBusyReport(), {
      ...NOTHING,
      lastGood: 'config/warden.yaml:3: <b> is no key.',
    });

    expect(report.indexOf('> [!WARNING]\n> config/warden.yaml:3: &lt;b&gt; is no key.')).toBeLessThan(
      report.indexOf('## What needs a person'),
    );
  });

  it('shows a class with its tail, interval, limit, evidence and what the notes compute', () => {
    const row = rowOf(sectionOf(metaReportMarkdown(aBusyReport(), NOTHING), 'Classes'), 'macro');

    expect(row).toEqual({
      class: '`macro`',
      'kill list': 'ENABLED',
      regime: '`TREND`, current',
      status: '**KILL**',
      'CVaR 95, sigma': '5.10',
      '90 % interval': '4.30 to 5.90',
      'limit, sigma': '4.00 (class)',
      'CVaR 95, bps': '2,451.2',
      'limit, bps': '–',
      n: '300 (3 without sigma)',
      n_eff: '132.5',
      spans: '110',
      'hit rate': '41.0 %',
      'PnL, bps': '-9,120.5',
      'CVaR of the notes, bps': '900.2',
    });
  });

  it('shows an agent with its calibration, worst divergence and failed gates', () => {
    const row = rowOf(sectionOf(metaReportMarkdown(aBusyReport(), NOTHING), 'Agents'), 'trend-ema');

    expect(row).toMatchObject({
      class: '`macro`',
      stage: 'shadow',
      multiplier: '0.710',
      n_eff: '41.2',
      'mean size of the error, bps': '180.2',
      'worst divergence': '**ALERT**: mean at 4 h, raised at 5,000, now 6,120, n_eff 212.0',
      promotion: '0 of 2 gates, not `error_rate`, `n_eff`',
      weight: '0.095',
    });
  });

  it('shows unknown as a dash and never as zero', () => {
    const report = metaReportMarkdown(aBusyReport(), NOTHING);

    expect(rowOf(sectionOf(report, 'Agents'), 'news-llm')).toMatchObject({
      'hit rate': '–',
      'mean size of the error, bps': '–',
      'worst divergence': 'INSUFFICIENT',
    });
    expect(rowOf(sectionOf(report, 'Classes'), 'news')).toMatchObject({
      'CVaR 95, sigma': '–',
      '90 % interval': '–',
      'limit, sigma': '–',
      'hit rate': '–',
    });
  });

  it('lists warnings, alerts and ended alerts, and what the notes would say', () => {
    const section = sectionOf(metaReportMarkdown(aBusyReport(), NOTHING), 'Divergence');
    const states = [...section.matchAll(/^\| `([^`]+)` \|.*?\| (\S+) \| 2026/gm)].map(([, name, state]) => [
      name,
      state,
    ]);

    expect(states).toEqual([
      ['trend-ema', '**ALERT**'],
      ['fade-funding', 'WARN'],
      ['fade-funding', 'RESOLVED'],
    ]);
    expect(rowOf(section, 'trend-ema')).toMatchObject({ n_eff: '212.0', 'notes would say': 'high' });
    expect(section).toContain(
      'Triggers in OK: 1. In INSUFFICIENT, which is not OK but too few signals to say anything: 1.',
    );
    expect(section).toContain('The thresholds of the notes would alert on 1 of 4 agents; 0 of those');
  });

  it('counts agents on which only the notes would alert', () => {
    const report = aMetaReport({ agents: { a: anAgent({ divergence: [anAlert({ state: 'OK' })] }) } });

    expect(metaReportMarkdown(report, NOTHING)).toContain(
      'would alert on 1 of 1 agents; 1 of those have neither',
    );
  });

  it('shows each gate with its value, its limit and whether it decides', () => {
    const section = sectionOf(metaReportMarkdown(aBusyReport(), NOTHING), 'Promotion gates');

    expect(section).toContain('| `error_rate` | – | &lt;= | 0.05 | **no** | yes | no telemetry |');
    expect(section).toContain('| `pnl_sum_bps` | 120.5 | &gt; | 150 | **no** | no |  |');
    expect(section).toContain(
      '<summary><code>pairs-btc-eth</code>: shadow, every deciding gate passes</summary>',
    );
  });

  it('lists the gates of all agents up to 30, beyond that of those with something to tell', () => {
    const few = metaReportMarkdown(withCalmAgents(29), NOTHING);
    const eligible = aQuietAgent({ promotion: aPromotion({ eligible: true }) });
    const falling = aQuietAgent({ promotion: aPromotion({ stage: 'live' }) });
    const base = withCalmAgents(40);
    const many = metaReportMarkdown({ ...base, agents: { ...base.agents, eligible, falling } }, NOTHING);

    expect(few.match(/<details><summary><code>/g)).toHaveLength(30);
    expect([...many.matchAll(/<summary><code>(.*?)<\/code>/g)].map(([, name]) => name)).toEqual([
      'trend-ema',
      'eligible',
      'falling',
    ]);
    expect(many).toContain('Gates of 40 more agents are in `supervisor/promotion.json`.');
  });

  it('says how its numbers come about and how to derive them again', () => {
    const section = sectionOf(metaReportMarkdown(aBusyReport(), NOTHING), 'How these numbers come about');

    expect(section).toContain('warden `0.1.0` with the settings of hash `aaaa');
    expect(section).toContain('`2026-11-21T10:00:00.000Z`');
    expect(section).toContain('`warden explain <name>`');
  });

  it('is a page of sentences where there is no evidence yet', () => {
    const report = metaReportMarkdown(
      aMetaReport({ generated_at: null, agents: {}, strategies: {} }),
      NOTHING,
    );

    expect(report).toContain('No evidence yet. Agents: 0, strategy classes: 0.');
    expect(report).toContain('No class has rows yet.');
    expect(report).toContain('No agent has rows yet.');
    expect(report).not.toContain('## Charts');
  });

  it('is the same text whatever the order of the names', () => {
    const report = aBusyReport();
    const turned: MetaReport = {
      ...report,
      agents: Object.fromEntries(Object.entries(report.agents).reverse()),
      strategies: Object.fromEntries(Object.entries(report.strategies).reverse()),
    };

    expect(metaReportMarkdown(turned, NOTHING)).toBe(metaReportMarkdown(report, NOTHING));
  });
});

describe('the charts of the meta report', () => {
  it('show tails, multipliers, results and errors, each followed by its numbers', () => {
    const section = sectionOf(metaReportMarkdown(aBusyReport(), NOTHING), 'Charts');
    const titles = [...section.matchAll(/^ {2}title "(.*)"$/gm)].map(([, title]) => title);

    expect(titles).toEqual([
      'CVaR 95 over its limit, beyond 1 is a breach of the estimate',
      'Confidence multiplier by agent, 1 is neutral',
      'macro, net PnL in bps, running sum',
      'macro, mean size of the error in sigma',
      'carry, net PnL in bps, running sum',
      'carry, mean size of the error in sigma',
      'pairs, net PnL in bps, running sum',
      'pairs, mean size of the error in sigma',
    ]);
    expect(section.match(/<details>/g)).toHaveLength(5);
    expect(
      section
        .split('### ')
        .slice(1)
        .every((part) => /```\n\n<details>[\s\S]*<\/details>/.test(part)),
    ).toBe(true);
  });

  it('put the highest tail and the lowest multiplier first', () => {
    const section = sectionOf(metaReportMarkdown(aBusyReport(), NOTHING), 'Charts');

    expect(section).toContain('x-axis ["macro TREND", "macro RANGE", "carry TREND", "pairs ALL"]');
    expect(section).toContain('bar "CVaR / limit" [1.275, 1.05, 0.6, 0.6]');
    expect(section).toContain('bar "multiplier" [0.71, 0.93, 1, 1.04]');
  });

  it('draw six classes and say how many are left out', () => {
    const strategies = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, aStrategy()]),
    );
    const report = metaReportMarkdown(aMetaReport({ strategies }), NOTHING);

    expect(report.match(/running sum"/g)).toHaveLength(6);
    expect(report).toContain('Charts of 1 more classes are left out');
  });

  it('hold a tail against its nearest limit, and leave out what has none', () => {
    const cells = {
      both: aCell({ threshold: { max_cvar_error_bps: 1225.6, max_cvar_sigma: 10, source: 'regime' } }),
      none: aCell({ threshold: null }),
    };
    const report = metaReportMarkdown(aMetaReport({ strategies: { macro: aStrategy({ cells }) } }), NOTHING);

    expect(report).toContain('bar "CVaR / limit" [2]\n');
    expect(report).toContain('x-axis ["macro both"]');
  });

  it('show one day as a bar, since a line of one point is no line', () => {
    const [day] = aStrategy().days.slice(-1);
    const strategies = { macro: aStrategy({ days: day === undefined ? [] : [day] }) };

    expect(metaReportMarkdown(aMetaReport({ strategies }), NOTHING)).toMatch(
      /title "macro, net PnL[^`]*\n {2}bar \[/,
    );
  });

  it('are all read by the parser, whatever agents and classes are called', async () => {
    const fences = mermaidFences(metaReportMarkdown(aHostileReport(), NOTHING));
    expect(fences).toHaveLength(14);

    for (const fence of fences) expect((await parseMermaid(fence)).diagramType).toBe('xychart');
  });
});

describe('names of others in the meta report', () => {
  const report = metaReportMarkdown(aHostileReport(), {
    openVerdicts: [aDisableVerdict()],
    lastGood: '@all #1 <i>',
  });
  /** What is left when code spans, which GitHub reads literally, and charts are taken out. */
  const prose = report
    .replaceAll(/^```mermaid\n[\s\S]*?^```$/gm, '')
    .replaceAll(/<code>[^<]*<\/code>/g, '')
    .replaceAll(/(?<!\\)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');

  it('are nothing but text', () => {
    expect(prose).not.toMatch(/<(?!\/?details>|\/?summary>|span>\$<|\/span>)/);
    expect(prose).not.toMatch(/@\w|(?<!&)#\d|(?<!\\)\[click|https?:\/\/|www\.|^# Heading|(?<!\\)\*\*bold/m);
  });

  it('leave every row with as many cells as its head', () => {
    let columns = 0;
    let previous = '';
    for (const line of report.split('\n')) {
      if (line.startsWith('| ')) {
        const cells = line.replaceAll(/\\./g, '').split('|').length;
        if (!previous.startsWith('| ')) columns = cells;
        expect(cells, line).toBe(columns);
      }
      previous = line;
    }
  });

  it('are whole where they fit, and shown for agents that are called like parts of the language', () => {
    expect(report).toContain('| `__proto__` |');
    expect(report).toContain('| `constructor` |');
    expect(report).toContain('| `日本-тренд-é` |');
  });
});

describe('the size of the meta report', () => {
  it.each([200, 500])('stays below 900 KiB with %d agents that all have everything to tell', (agents) => {
    const report = metaReportMarkdown(aHugeReport(agents), NOTHING);

    expect(Buffer.byteLength(report)).toBeLessThan(REPORT_BYTES_MAX);
    expect(report).toContain('more rows, see `supervisor/divergence_alerts.json`.');
    expect(report).toMatch(/Gates of [\d,]+ more agents are in/);
    expect(report.match(/<details>/g)?.length).toBe(report.match(/<\/details>/g)?.length);
    expect(report).toContain('## How these numbers come about');
  });
});

describe('the page of a run', () => {
  it('opens with what the run decided, and leaves the report as it is', () => {
    const page = runSummaryMarkdown(aBusyReport(), NOTHING, [aDisableVerdict()]);

    expect(
      page.startsWith('## Decided in this run\n\n- `macro`: DISABLE proposed (macro/1, 2026-11-21 10:00).'),
    ).toBe(true);
    expect(page.endsWith(metaReportMarkdown(aBusyReport(), NOTHING))).toBe(true);
  });

  it('is the report alone where nothing was decided', () => {
    expect(verdictsMarkdown([])).toBeNull();
    expect(runSummaryMarkdown(aBusyReport(), NOTHING, [])).toBe(metaReportMarkdown(aBusyReport(), NOTHING));
  });

  it('counts decisions beyond the fiftieth', () => {
    const page = verdictsMarkdown(Array.from({ length: 53 }, () => aDisableVerdict())) ?? '';

    expect(page.match(/^- `macro`/gm)).toHaveLength(50);
    expect(page).toContain('And 3 more, see `supervisor/verdicts.jsonl`.');
  });
});
