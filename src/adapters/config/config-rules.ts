// Rules between the fields of the configuration files that a schema cannot say. Each returns every problem found.

import type { AgentRegistry, WardenConfig } from '../../domain/config.ts';
import { name } from '../../domain/fields.ts';
import { DISABLED_KEYS, type KillList } from '../../domain/kill-list.ts';
import { type Problem, problemText } from '../../domain/problem.ts';
import { DAY_MS, durationMs, parseInstant } from '../../domain/time.ts';
import { validate } from '../../domain/validate.ts';

/** A duration beyond ten years is a slip of the keyboard. */
const DURATION_MS_MAX = 3653 * DAY_MS;

/** Returns what is wrong between the fields of a `warden.yaml` that fits its schema. */
export function wardenProblems(config: WardenConfig): readonly Problem[] {
  return [
    ...durationProblems(config),
    ...marketProblems(config),
    ...modelProblems(config),
    ...supervisorProblems(config),
    ...branchProblems(config),
    ...secretProblems(config),
  ];
}

/** Returns which names of an `agents.yaml` no event could ever carry. */
export function agentProblems(registry: AgentRegistry): readonly Problem[] {
  return Object.entries(registry).flatMap(([agent, { strategy_class }]) => [
    ...nameProblems(agent, agent),
    ...nameProblems(strategy_class, `${agent}.strategy_class`),
  ]);
}

/**
 * Returns the facts of a disabled class that stand at an enabled one: it would trade although somebody wrote down why it
 * must not.
 */
export function killListProblems(list: KillList): readonly Problem[] {
  return Object.entries(list).flatMap(([strategyClass, entry]) =>
    entry.status === 'DISABLED'
      ? []
      : DISABLED_KEYS.filter((key) => key in entry).map((key) => ({
          path: `${strategyClass}.${key}`,
          message: 'belongs to a DISABLED class; write status: DISABLED, or remove the key',
        })),
  );
}

function durationProblems(config: WardenConfig): Problem[] {
  const { prices, volatility, cvar, promotion, github, watchdog, state } = config;
  const texts = {
    'prices.settle_lag': prices.settle_lag,
    'prices.give_up_after': prices.give_up_after,
    'volatility.asof_half_life': volatility.asof_half_life,
    'volatility.fast_half_life': volatility.fast_half_life,
    'cvar.window': cvar.window,
    'cvar.reenable.cool_down': cvar.reenable.cool_down,
    'promotion.telemetry_window': promotion.telemetry_window,
    'promotion.demote_after': promotion.demote_after,
    'promotion.repropose_after': promotion.repropose_after,
    'github.acknowledge_within': github.acknowledge_within,
    'watchdog.warn_before': watchdog.warn_before,
    'state.compact_after': state.compact_after,
  };
  const problems: Problem[] = [];
  for (const [path, text] of Object.entries(texts)) {
    if (ms(text) > DURATION_MS_MAX) problems.push({ path, message: `${text} is more than ten years` });
    else if (ms(text) === 0 && path.startsWith('volatility.'))
      problems.push({ path, message: `${text} is no half-life; expected more than 0, e.g. 2d` });
  }
  if (ms(prices.give_up_after) <= ms(prices.settle_lag)) {
    problems.push({
      path: 'prices.give_up_after',
      message: `${prices.give_up_after} is not longer than prices.settle_lag (${prices.settle_lag}), so every price would be given up before it is read`,
    });
  }
  if (ms(volatility.fast_half_life) >= ms(volatility.asof_half_life)) {
    problems.push({
      path: 'volatility.fast_half_life',
      message: `${volatility.fast_half_life} is not shorter than volatility.asof_half_life (${volatility.asof_half_life}), so it would not be the faster of the two`,
    });
  }
  return problems;
}

/** A day that is none would never be warned of. */
function secretProblems({ watchdog }: WardenConfig): Problem[] {
  return Object.entries(watchdog.secrets).flatMap(([secret, day]) => {
    const read = parseInstant(`${day}T00:00:00Z`);
    if (read.ok) return [];
    return [{ path: `watchdog.secrets.${secret}`, message: `${day} is no day; expected e.g. 2027-03-01` }];
  });
}

function marketProblems({ prices }: WardenConfig): Problem[] {
  const problems: Problem[] = [];
  if (prices.spot === undefined && prices.perp === undefined && prices.equity === undefined) {
    problems.push({
      path: 'prices',
      message: 'names no source; expected at least one of spot, perp, equity',
    });
  }
  for (const market of ['spot', 'perp'] as const) {
    const exchanges = prices[market]?.exchanges ?? [];
    for (const [index, exchange] of exchanges.entries()) {
      if (exchanges.indexOf(exchange) < index)
        problems.push({ path: `prices.${market}.exchanges.${index}`, message: `${exchange} is named twice` });
    }
  }
  return problems;
}

function modelProblems({ model }: WardenConfig): Problem[] {
  if (model.min_rows <= model.max_rows) return [];
  return [
    {
      path: 'model.min_rows',
      message: `${model.min_rows} is more than model.max_rows (${model.max_rows}), so no model would ever be trained`,
    },
  ];
}

/** What the supervisor's sections must not say together. */
function supervisorProblems(config: WardenConfig): Problem[] {
  const { confidence, divergence, cvar, promotion } = config;
  const problems: Problem[] = [];
  if (!config.horizons_hours.includes(cvar.horizon_hours)) {
    problems.push({
      path: 'cvar.horizon_hours',
      message: `${cvar.horizon_hours} is not one of horizons_hours (${config.horizons_hours.join(', ')}), so it has no rows`,
    });
  }
  if (confidence.stability_boost >= confidence.penalty_cap) {
    problems.push({
      path: 'confidence.stability_boost',
      message: `${confidence.stability_boost} is not below confidence.penalty_cap (${confidence.penalty_cap}), which bounds what one signal may move`,
    });
  }
  if (divergence.min_signals > divergence.window) {
    problems.push({
      path: 'divergence.min_signals',
      message: `${divergence.min_signals} is more than divergence.window (${divergence.window}), so the rolling triggers would never speak`,
    });
  }
  if (divergence.resolve_after_signals > divergence.window) {
    problems.push({
      path: 'divergence.resolve_after_signals',
      message: `${divergence.resolve_after_signals} is more than divergence.window (${divergence.window}), the signals that are kept`,
    });
  }
  if (cvar.max_n_eff < Math.max(cvar.min_n_eff, cvar.reenable.min_fresh_n_eff)) {
    problems.push({
      path: 'cvar.max_n_eff',
      message: `${cvar.max_n_eff} is less than cvar.min_n_eff or cvar.reenable.min_fresh_n_eff, so nothing could ever be judged`,
    });
  }
  if (promotion.min_error_ratio >= promotion.max_error_ratio) {
    problems.push({
      path: 'promotion.min_error_ratio',
      message: `${promotion.min_error_ratio} is not below promotion.max_error_ratio (${promotion.max_error_ratio}), so nobody could pass`,
    });
  }
  if (ms(cvar.window) === 0)
    problems.push({ path: 'cvar.window', message: `${cvar.window} holds no row; expected e.g. 180d` });
  return problems;
}

/** The name reaches git's command line, so it must be a branch and nothing else. */
export function isBranchName(text: string): boolean {
  return (
    /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/.test(text) &&
    !/\.\.|\/\/|\/\.|\.lock(\/|$)|[/.]$/.test(text) &&
    text !== 'HEAD'
  );
}

function branchProblems({ state }: WardenConfig): Problem[] {
  if (isBranchName(state.branch)) return [];
  return [
    {
      path: 'state.branch',
      message: `${JSON.stringify(state.branch)} is not the name of a branch; expected letters, digits and . _ / -, e.g. warden-state`,
    },
  ];
}

/** A text that the schema accepted as a duration, in milliseconds. */
function ms(text: string): number {
  return durationMs(text) ?? Number.POSITIVE_INFINITY;
}

function nameProblems(text: string, path: string): Problem[] {
  // A map cannot hold this key, so such a class could be neither limited nor disabled.
  if (text === '__proto__') return [{ path, message: '"__proto__" cannot be a name; choose another' }];
  const checked = validate(name, text);
  return checked.ok ? [] : [{ path, message: checked.error.map(problemText).join('; ') }];
}
