// Agents at a glance: a table with a link to the page of each.

import { htmlName } from '../supervision/markdown.ts';
import { xmlText } from '../supervision/outside-text.ts';
import { worstDivergence } from '../supervision/report-attention.ts';
import { bpsText, countText, fixed, nEffText, percentText, UNKNOWN } from '../supervision/report-numbers.ts';
import { agentsByUrgency, NO_AGENT } from '../supervision/report-tables.ts';
import { badge, gridHtml, type Html, paragraph, type Tone } from './html.ts';
import type { JudgedContent } from './site-content.ts';
import { nameLink } from './site-links.ts';
import { sparkline } from './sparkline.ts';

const COLUMNS = [
  ['agent', false],
  ['class', false],
  ['stage', false],
  ['divergence', false],
  ['multiplier', true],
  ['result so far', false],
  ['net PnL, bps', true],
  ['hit rate', true],
  ['n', true],
  ['n_eff', true],
  ['weight', true],
  ['promotion', false],
] as const;

type DivergenceState = NonNullable<ReturnType<typeof worstDivergence>>['state'];

export const STATE_TONES: Readonly<Record<DivergenceState, Tone>> = {
  ALERT: 'bad',
  WARN: 'warn',
  RESOLVED: 'plain',
  OK: 'good',
  INSUFFICIENT: 'soft',
};

/** Returns the table of the named agents, those that diverge first. */
export function agentGrid(
  { report, totals, links }: JudgedContent,
  names: readonly string[],
  up: '' | '../',
): Html {
  const wanted = new Set(names);
  const rows = agentsByUrgency(report)
    .filter(([name]) => wanted.has(name))
    .map(([name, agent]) => {
      const worst = worstDivergence(agent);
      return [
        nameLink(links.agents, name, up),
        nameLink(links.classes, agent.strategy_class, up),
        agent.promotion.stage,
        worst === null ? UNKNOWN : badge(worst.state, STATE_TONES[worst.state]),
        fixed(agent.multiplier, 3),
        sparkline(totals.agents.get(name)?.days ?? [], `Result of ${name} so far`),
        bpsText(agent.net_pnl_sum_bps),
        percentText(agent.hit_rate),
        countText(agent.n),
        nEffText(agent.n_eff),
        agent.allocation.status === 'ENABLED'
          ? fixed(agent.allocation.weight, 3)
          : `${fixed(agent.allocation.weight, 3)} (${xmlText(agent.allocation.status)})`,
        promotionWords(agent.promotion),
      ];
    });
  if (rows.length === 0) return paragraph(NO_AGENT);
  return gridHtml(
    COLUMNS.map(([title, isNumber]) => ({ title, isNumber })),
    rows,
    'Agents, those that diverge first',
  );
}

function promotionWords({ eligible, gates }: JudgedContent['report']['agents'][string]['promotion']): Html {
  const deciding = Object.entries(gates).filter(([, gate]) => gate.decides);
  const failed = deciding
    .filter(([, gate]) => !gate.pass)
    .map(([name]) => name)
    .sort();
  if (eligible) return badge('eligible', 'good');
  const [first] = failed;
  const words = `${countText(deciding.length - failed.length)} of ${countText(deciding.length)} gates`;
  return first === undefined ? words : `${words}, not ${htmlName(first)}`;
}
