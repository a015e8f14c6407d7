// How a backtest is told: its figures, why entries were not let in, and the hash that says which run it was.

import { tableText } from '../adapters/terminal/table.ts';
import { type Money, minus, moneyText, negated } from '../domain/money.ts';
import { isoFromMs } from '../domain/time.ts';
import { policyTag } from '../policy/own-policy.ts';
import { figuresJson } from '../runner/backtest-result.ts';
import type { CandleRun } from './kernel-backtest-run.ts';
import { kernelEndJson } from './kernel-end.ts';

export function backtestText(run: CandleRun): string {
  const { figures, result, policy, seconds, journal } = run;
  const { state } = result;
  const usdt = (amount: Money): string => Number(moneyText(amount)).toFixed(2);
  const share =
    figures.trades === 0 ? '' : ` (${((100 * figures.gained) / figures.trades).toFixed(1)} % gained)`;
  const rows: [string, string][] = [
    ['candles', run.candles],
    ['from', instantOr(figures.fromMs)],
    ['to', instantOr(figures.toMs)],
    ['policy', policyTag(policy)],
    ['entries', `${figures.entries}${deniedText(run)}`],
    ['trades closed', `${figures.trades}${share}`],
    ['wallet, USDT', `${usdt(figures.walletAtStart)} → ${usdt(figures.wallet)}`],
    ['profit, USDT', usdt(minus(figures.wallet, figures.walletAtStart))],
    ['  realized', usdt(figures.realized)],
    ['  fees', usdt(negated(figures.fees))],
    ['  funding', usdt(figures.funding)],
    ['drawdown, USDT', usdt(figures.drawdown)],
    ['E - K, USDT', `${moneyText(state.ledger.residual)} (${state.ledger.band})`],
    ['left', result.left.length === 0 ? 'nothing' : result.left.join('; ')],
    ['records', `${state.seq} in ${seconds.toFixed(1)} s`],
    ['journal hash', result.journalHash],
    ...(journal === null ? [] : [['journal', journal] as [string, string]]),
  ];
  return tableText({ rows });
}

function instantOr(ms: number | null): string {
  return ms === null ? '-' : isoFromMs(ms);
}

function deniedText({ figures }: CandleRun): string {
  if (figures.denied.size === 0) return '';
  const codes = [...figures.denied].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`);
  return `, not let in: ${codes.join(', ')}`;
}

export function backtestJson(run: CandleRun): Readonly<Record<string, unknown>> {
  const { figures, result, policy, seconds, journal } = run;
  return {
    candles: run.candles,
    policy: policyTag(policy),
    ...figuresJson(figures),
    left: result.left,
    records: result.state.seq,
    seconds,
    journal_hash: result.journalHash,
    journal,
    end: kernelEndJson(result.state),
  };
}
