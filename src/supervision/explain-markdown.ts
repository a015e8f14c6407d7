// The explanation of a class or an agent as a comment: the decision first, then the figures against their limits, then how to recompute.

import type { CvarCell } from '../domain/cvar.ts';
import type { PromotionGate } from '../domain/supervisor.ts';
import { standingText } from './alert-text.ts';
import type { AgentExplanation } from './explain-agent.ts';
import type { CellExplanation, ClassExplanation, VerdictLine } from './explain-class.ts';
import { htmlName, mdCode, mdDetails, mdName, mdTable, mdText } from './markdown.ts';
import { shellWord } from './outside-text.ts';
import {
  bpsText,
  brief,
  countText,
  fixed,
  intervalText,
  minuteText,
  nEffText,
  percentText,
  sigmaText,
  UNKNOWN,
} from './report-numbers.ts';

const CELLS_SHOWN_MAX = 20;
const TAIL_SHOWN_MAX = 10;
const VERDICTS_SHOWN_MAX = 10;
const ALERTS_SHOWN_MAX = 15;
const ID_CHARS = 12;

/** Where the state was read that an explanation is of. */
interface ExplainedAt {
  readonly stateCommit: string | null;
  /** UTC instant up to which rows were seen. */
  readonly at: string;
}

/** Returns an explanation as Markdown, without a heading. */
export function explanationMarkdown(
  subject: ClassExplanation | AgentExplanation,
  place: ExplainedAt,
): string {
  const parts = subject.kind === 'class' ? classParts(subject) : agentParts(subject);
  return [...parts, ...verdictParts(subject.verdicts), recomputeText(subject, place)].join('\n\n');
}

function classParts(subject: ClassExplanation): string[] {
  const { name, status, open_episode: episode, current_regime: regime, cells } = subject;
  const facts = [
    `**${status}** in the kill list`,
    `open episode ${episode === null ? 'none' : mdName(episode)}`,
    `current regime ${regime === null ? 'unknown' : mdName(regime)}`,
    `rows up to ${minuteText(subject.as_of)} UTC, judged at ${subject.horizon_hours} h`,
  ];
  const shown = cells.slice(0, CELLS_SHOWN_MAX);
  return [
    `Strategy class ${mdName(name)}: ${facts.join('; ')}.`,
    ...subject.decision.map(mdText),
    ...(subject.recovery.length === 0
      ? []
      : [subject.recovery.map((each) => `- ${mdText(each)}`).join('\n')]),
    ...(shown.length === 0 ? ['No row of it is settled yet.'] : [cellTable(shown)]),
    ...(cells.length > shown.length ? [`And ${countText(cells.length - shown.length)} more regimes.`] : []),
    ...shown.slice(0, 1).flatMap(cellDetails),
  ];
}

function cellTable(cells: readonly CellExplanation[]): string {
  const head = [
    'regime',
    'status',
    'CVaR 95, sigma',
    '90 %',
    'limit',
    'CVaR 95, bps',
    '90 %',
    'limit',
    'n',
    'n_eff',
    'spans',
  ];
  const rows = cells.map(({ regime, cell }) => [
    `${mdName(regime)}${cell.is_current ? ' (current)' : ''}`,
    cell.status === 'KILL' ? '**KILL**' : cell.status,
    sigmaText(cell.cvar95_sigma),
    intervalText(cell.ci90_sigma, 2),
    limitText(cell, 'max_cvar_sigma'),
    bpsText(cell.cvar95_error_bps),
    intervalText(cell.ci90, 1),
    limitText(cell, 'max_cvar_error_bps'),
    countText(cell.n),
    nEffText(cell.n_eff),
    countText(cell.n_blocks),
  ]);
  return mdTable(head, rows, ['left', 'left', ...Array.from({ length: 9 }, () => 'right' as const)]);
}

function limitText({ threshold }: CvarCell, limit: 'max_cvar_sigma' | 'max_cvar_error_bps'): string {
  const value = threshold?.[limit] ?? null;
  return value === null ? UNKNOWN : `${brief(value)} (${threshold?.source})`;
}

/** Why the first cell, which is that of the current regime, is judged so, and the rows and agents that made its tail. */
function cellDetails(explained: CellExplanation): string[] {
  const { regime, why, agents, tails, cell } = explained;
  const [tail] = tails;
  const shares = mdTable(
    ['agent', 'rows', 'share of rows', 'share of tail'],
    agents.map((each) => [
      mdName(each.agent),
      countText(each.n),
      percentText(each.n_share),
      percentText(each.tail_share),
    ]),
    ['left', 'right', 'right', 'right'],
  );
  const rows = (tail?.lines ?? [])
    .slice(0, TAIL_SHOWN_MAX)
    .map((line) => [
      mdCode(line.event_id.slice(0, ID_CHARS)),
      mdName(line.agent),
      line.symbol === null ? UNKNOWN : mdName(line.symbol),
      minuteText(line.exit_at),
      fixed(line.error_bps, 1),
      fixed(line.loss, 3),
      fixed(line.running_cvar, 4),
    ]);
  const left = (tail?.lines.length ?? 0) - rows.length;
  const tailText =
    tail === undefined
      ? []
      : [
          `The worst ${countText(tail.lines.length)} of ${countText(tail.n)} rows, loss in ${tail.unit}; the last column ends at the CVaR.`,
          mdTable(['event', 'agent', 'symbol', 'exit, UTC', 'error, bps', 'loss', 'so far'], rows, [
            'left',
            'left',
            'left',
            'left',
            'right',
            'right',
            'right',
          ]),
          ...(left > 0 ? [`And ${countText(left)} more.`] : []),
        ];
  const window = `Exits ${minuteText(cell.window_from)} to ${minuteText(cell.window_to)} UTC, hit rate ${percentText(cell.hit_rate)}, PnL ${bpsText(cell.pnl_sum_bps)} bps.`;
  return [
    mdDetails(
      `Why ${htmlName(regime)} is ${cell.status}, and the rows of its tail`,
      [why.map((each) => `- ${mdText(each)}`).join('\n'), window, shares, ...tailText].join('\n\n'),
    ),
  ];
}

function agentParts(subject: AgentExplanation): string[] {
  const { name, stage, strategy_class: strategyClass, confidence, allocation, promotion } = subject;
  const gates = Object.entries(promotion.gates);
  const deciding = gates.filter(([, gate]) => gate.decides);
  const passed = deciding.filter(([, gate]) => gate.pass).length;
  const facts = [
    `**${stage}**, of class ${mdName(strategyClass)}`,
    `rows up to ${minuteText(subject.as_of)} UTC, judged at ${subject.horizon_hours} h`,
  ];
  return [
    `Agent ${mdName(name)}: ${facts.join('; ')}.`,
    mdTable(
      ['what', 'value'],
      [
        ['confidence multiplier', `${brief(confidence.multiplier)} (n_eff ${nEffText(confidence.n_eff)})`],
        ['divergence factor', brief(allocation.divergence_factor)],
        ['weight', `${brief(allocation.weight)} of base ${brief(allocation.base)} (${allocation.status})`],
        [
          'gates of promotion',
          `${passed} of ${deciding.length} pass: ${promotion.eligible ? 'eligible' : 'not eligible'}`,
        ],
      ],
      ['left', 'left'],
    ),
    ...alertParts(subject),
    ...(gates.length === 0 ? [] : [mdDetails('Gates of promotion', gateTable(gates))]),
  ];
}

const RAISED = ['ALERT', 'WARN', 'RESOLVED'];

function alertParts({ divergence }: AgentExplanation): string[] {
  const raised = divergence.filter(({ state }) => RAISED.includes(state));
  if (raised.length === 0) return ['No trigger of divergence is raised.'];
  const table = mdTable(
    ['horizon', 'trigger', 'state', 'since, UTC', 'statistic', 'mean error, bps'],
    raised
      .slice(0, ALERTS_SHOWN_MAX)
      .map((alert) => [
        `${alert.horizon_hours} h`,
        alert.trigger,
        alert.state,
        minuteText(alert.since),
        standingText(alert),
        bpsText(alert.mean_error_bps),
      ]),
    ['right', 'left', 'left', 'left', 'left', 'right'],
  );
  const left = raised.length - ALERTS_SHOWN_MAX;
  return [table, ...(left > 0 ? [`And ${countText(left)} more.`] : [])];
}

function gateTable(gates: readonly (readonly [name: string, gate: PromotionGate])[]): string {
  return mdTable(
    ['gate', 'value', 'asked for', 'passes', 'decides'],
    gates.map(([name, gate]) => [
      mdName(name),
      brief(gate.value),
      mdText(`${gate.comparison} ${brief(gate.limit)}`),
      gate.pass ? 'yes' : 'no',
      gate.decides ? 'yes' : 'shown',
    ]),
    ['left', 'right', 'right', 'left', 'left'],
  );
}

function verdictParts(verdicts: readonly VerdictLine[]): string[] {
  if (verdicts.length === 0) return ['No verdict on it is recorded.'];
  const shown = verdicts.slice(-VERDICTS_SHOWN_MAX).reverse();
  const table = mdTable(
    ['verdict', 'at, UTC', 'kind', 'episode', 'regime'],
    shown.map((each) => [
      mdCode(each.verdict_id.slice(0, ID_CHARS)),
      minuteText(each.ts),
      each.kind,
      mdName(each.episode),
      each.regime === null ? UNKNOWN : mdName(each.regime),
    ]),
    ['left', 'left', 'left', 'left', 'left'],
  );
  const summary = `The newest ${countText(shown.length)} of ${countText(verdicts.length)} verdicts on it`;
  return [mdDetails(summary, table)];
}

function recomputeText(
  { kind, name, config_hash: hash }: ClassExplanation | AgentExplanation,
  { stateCommit, at }: ExplainedAt,
): string {
  const command = `warden explain --kind ${kind} --at ${stateCommit ?? at} -- ${shellWord(name)}`;
  return `Settings ${mdCode(hash.slice(0, ID_CHARS))}. To recompute every number: ${mdCode(command)}`;
}
