// The charts of proposals: what they draw, and that names of others cannot leave their quotes.

import { describe, expect, it } from 'vitest';
import { divergenceChart, gateChart, tailChart } from '../../src/supervision/proposal-chart.ts';
import { aCell, anAlert, aPromotion } from '../domain/record-builders.ts';
import { mermaidFences, parseMermaid } from '../mermaid.ts';
import { aWanted } from './github-world.ts';
import { HOSTILE_NAMES } from './report-world.ts';

function gates() {
  const { evidence } = aWanted('promote').verdict;
  if (!('promotion' in evidence)) throw new Error('a PROMOTE has gates');
  return Object.entries(evidence.promotion.gates);
}

describe('the chart of a tail', () => {
  it('shows interval, estimate and newest rows against the limit that is nearer', () => {
    const chart = tailChart('macro', 'TREND', aCell());

    expect(chart).toContain('x-axis ["lower end", "estimate", "upper end", "newest rows"]');
    expect(chart).toContain('bar "CVaR" [4.3, 5.1, 5.9, 5.4]');
    expect(chart).toContain('line "limit" [4, 4, 4, 4]');
  });

  it('shows bps without a line where there is no limit and no sigma', () => {
    const chart = tailChart(
      'macro',
      'TREND',
      aCell({ threshold: null, cvar95_sigma: null, ci90_sigma: null }),
    );

    expect(chart).toContain('bar [2100.1, 2451.2, 2800.9, 2600.4]');
    expect(chart).not.toContain('line');
  });

  it('leaves out what is unknown, and is none where everything is', () => {
    const recent = { ...aCell().recent, cvar95_sigma: null, cvar95_error_bps: null };
    const unknown = aCell({ ci90_sigma: null, ci90: null, recent });

    expect(tailChart('macro', 'TREND', unknown)).toContain('x-axis ["estimate"]');
    expect(
      tailChart('macro', 'TREND', { ...unknown, cvar95_sigma: null, cvar95_error_bps: null }),
    ).toBeNull();
  });
});

describe('the chart of gates', () => {
  it('turns limits from above around, so that beyond 1 is always passed', () => {
    const chart = gateChart(
      'x',
      gates().filter(([name]) => name === 'n_eff' || name === 'error_ratio_max'),
    );

    expect(chart).toContain('["n_eff", "error_ratio_max"]');
    expect(chart).toContain('[1.35333, 1.38298]');
  });

  it('leaves out gates whose limit is 0, and is none where no other is left', () => {
    expect(
      gateChart(
        'x',
        gates().filter(([name]) => name === 'mean_net_bound'),
      ),
    ).toBeNull();
    expect(gateChart('x', Object.entries(aPromotion().gates))).toContain('["n_eff"]');
  });
});

describe('the chart of divergence', () => {
  it('is a multiple of the limit, of a probability how many times smaller, cut at ten', () => {
    const alerts = [
      anAlert({ statistic: 6000 }),
      anAlert({ trigger: 'hit', statistic: 0.00025, limit: 0.0005 }),
      anAlert({ trigger: 'scale', statistic: 1e9 }),
      anAlert({ trigger: 'hit', statistic: 0, limit: 0.0005, horizon_hours: 24 }),
      anAlert({ trigger: 'rmse', statistic: null }),
    ];

    expect(divergenceChart(alerts)).toContain('[10, 10, 2, 1.2]');
    expect(divergenceChart([anAlert({ statistic: null })])).toBeNull();
  });
});

describe('names of others in a chart', () => {
  it('stay labels', async () => {
    for (const name of HOSTILE_NAMES) {
      const charts = [
        tailChart(name, name, aCell()),
        gateChart(
          name,
          gates().map(([, gate]): [string, typeof gate] => [name, gate]),
        ),
        divergenceChart([anAlert({ agent: name })]),
      ];
      for (const chart of charts) {
        const fences = mermaidFences(`${chart}\n`);
        expect(fences).toHaveLength(1);
        expect((await parseMermaid(fences[0] ?? '')).diagramType).toBe('xychart');
      }
    }
  });
});
