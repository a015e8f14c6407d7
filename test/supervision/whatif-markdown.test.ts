// The what-if as people read it: within GitHub's limits, with names that stay names, and charts that Mermaid reads.

import { describe, expect, it } from 'vitest';
import { GITHUB_LIMITS } from '../../src/domain/github.ts';
import type { ClassReplay, ListReplay, Stop } from '../../src/supervision/whatif.ts';
import {
  recordedRows,
  type WhatIfFacts,
  whatIfComment,
  whatIfMarkdown,
} from '../../src/supervision/whatif-markdown.ts';
import { aCellLine } from '../domain/record-builders.ts';
import { mermaidFences, parseMermaid } from '../mermaid.ts';

const FROM = '2026-03-01T10:00:00.000Z';

function aStop(net: number, over: Partial<Stop> = {}): Stop {
  return {
    disabled_from: FROM,
    disabled_until: '2026-03-11T10:00:00.000Z',
    days: 10,
    regime: 'TREND',
    unit: 'sigma',
    limit: 4,
    cvar: 5.5,
    cvar_low: 4.4,
    worst_cvar: 6,
    rows_not_taken: 20,
    pnl_bps: net,
    net_pnl_bps: net,
    ...over,
  };
}

function listOf(stops: readonly Stop[]): ListReplay {
  const sum = (of: (stop: Stop) => number) => stops.reduce((total, stop) => total + of(stop), 0);
  const net = sum((stop) => stop.net_pnl_bps);
  return {
    stops,
    total: { stops: stops.length, days: sum(({ days }) => days), pnl_bps: net, net_pnl_bps: net },
  };
}

function aClass(name: string, current: readonly Stop[], proposed: readonly Stop[]): ClassReplay {
  const [a, b] = [listOf(current), listOf(proposed)];
  return {
    strategy_class: name,
    first_look: FROM,
    last_look: '2026-06-01T10:00:00.000Z',
    looks: 90,
    current: a,
    proposed: b,
    difference: {
      stops: b.total.stops - a.total.stops,
      days: b.total.days - a.total.days,
      pnl_bps: b.total.pnl_bps - a.total.pnl_bps,
      net_pnl_bps: b.total.net_pnl_bps - a.total.net_pnl_bps,
    },
  };
}

function facts(classes: readonly ClassReplay[], over: Partial<WhatIfFacts> = {}): WhatIfFacts {
  return {
    proposedBy: 'pull request',
    classes,
    rows: new Map(classes.map(({ strategy_class }) => [strategy_class, { n: 300, nEff: 120.5 }])),
    recordedLines: classes.length * 90,
    horizons: { base: 24, head: 24 },
    measuredOtherwise: [],
    problem: null,
    ...over,
  };
}

describe('whatIfMarkdown', () => {
  it('speaks of a pull request only where there is one', () => {
    const classes = [aClass('macro', [aStop(-400)], [])];
    expect(whatIfMarkdown(facts(classes))).toContain('under those of this pull request');
    const answer = whatIfMarkdown(facts(classes, { proposedBy: 'comment' }));
    expect(answer).toContain('under those that were asked for');
    expect(answer).not.toContain('pull request');
  });

  it('counts a stop as missed only where nothing stops the class meanwhile', () => {
    const saved = aStop(-400);
    const later = aStop(-300, { disabled_from: '2026-03-05T10:00:00.000Z', days: 6 });

    expect(whatIfMarkdown(facts([aClass('macro', [saved], [])]))).toContain('1 that saved a loss is missed');
    expect(whatIfMarkdown(facts([aClass('macro', [saved], [later])]))).not.toContain('missed');
    expect(whatIfMarkdown(facts([aClass('macro', [saved], [later])]))).toContain(
      'the result is worse by 100.0 bps net',
    );
  });

  it('calls a stop that forwent a profit a false alarm', () => {
    const text = whatIfMarkdown(facts([aClass('macro', [], [aStop(250)])]));
    expect(text).toContain('1 of the new stops is a false alarm');
    expect(text).toContain('| `macro` | this | 1 | 1 | 10.0 | 20 | 250.0 |');
  });

  it('draws no chart where nobody would have been stopped', () => {
    const text = whatIfMarkdown(facts([aClass('macro', [], [])]));
    expect(text).toContain('`macro`: no difference (90 looks, never stopped under both)');
    expect(mermaidFences(text)).toEqual([]);
  });

  it('says what it cannot show', () => {
    const text = whatIfMarkdown(
      facts([aClass('macro', [], [])], {
        horizons: { base: 24, head: 4 },
        measuredOtherwise: ['cvar.window'],
      }),
    );
    expect(text).toContain('The base is replayed at 24 h, this pull request at 4 h');
    expect(text).toContain('`cvar.window` changes what is measured');
    expect(whatIfMarkdown(facts([], { recordedLines: 0 }))).toContain('nothing to replay');
    expect(whatIfMarkdown(facts([], { recordedLines: 7 }))).toContain('None of the 7 recorded lines');
    expect(whatIfMarkdown(facts([], { problem: 'line 3 is torn' }))).toContain('line 3 is torn');
  });

  it('stays within a comment and a check at ten times the data, and shows what differs first', async () => {
    const stops = Array.from({ length: 12 }, (_, index) =>
      aStop(index % 2 === 0 ? -100 : 100, { days: index }),
    );
    const many = Array.from({ length: 500 }, (_, index) =>
      aClass(`${'class-'.repeat(20)}${index}`, stops, index === 499 ? [aStop(-9000, { days: 999 })] : stops),
    );
    const comment = whatIfComment(whatIfMarkdown(facts(many)));

    expect(Buffer.byteLength(comment)).toBeLessThan(GITHUB_LIMITS.checkTextBytes);
    expect(comment).toContain('460 more classes are left out');
    expect(comment.indexOf('999')).toBeGreaterThan(0);
    for (const chart of mermaidFences(comment)) await parseMermaid(chart);
  });

  it('lets no name leave its place', async () => {
    const evil = '|x| `y` @everyone #1 </details><img src=x> ```\n"]; click';
    const text = whatIfMarkdown(facts([aClass(evil, [aStop(-1, { regime: evil })], [])]));

    expect(text.replaceAll(/(`+)(?!`).*?[^`]\1(?!`)/g, '')).not.toContain('@everyone');
    expect(text).not.toMatch(/^<\/details><img/m);
    expect(
      text.split('\n').filter((line) => line.startsWith('</details>') || line === '</details>'),
    ).toHaveLength(1);
    for (const chart of mermaidFences(text)) expect((await parseMermaid(chart)).diagramType).toBe('xychart');
  });
});

describe('recordedRows', () => {
  it('adds up what is fresh in each line of a horizon', () => {
    const lines = [aCellLine(), aCellLine({ regime: 'RANGE' }), aCellLine({ horizon_hours: 4 })];
    expect(recordedRows(lines, 24)).toEqual(new Map([['macro', { n: 8, nEff: 3 }]]));
  });
});
