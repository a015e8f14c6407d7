// The trading state with its reasons, and the figures of money: what a person looks at first.

import type { RunnerView, TradingLook } from '../runner-view.ts';
import { age, byId, el, fill } from './dom.ts';
import { decimal, GAIN, MONEY, signOf } from './format.ts';

/** What each state means for orders; by the kernel's own words. */
const STATES: Readonly<Record<string, { readonly tone: string; readonly means: string }>> = {
  RUN: { tone: 'good', means: 'Entries and exits pass.' },
  ENTRY_FROZEN: { tone: 'warn', means: 'Entries are refused; exits go on.' },
  REDUCE_ONLY: { tone: 'warn', means: 'Only orders that make a position smaller are sent.' },
  FLATTENING: { tone: 'bad', means: 'Every position is being closed.' },
  HALTED: { tone: 'bad', means: 'Nothing is sent any more, exits included, until a person acts.' },
};

const NO_CLASS_ENTERS = 'Exits pass. The lists let no class enter.';

/** Shows how far the kernel may trade, and why not further. */
export function showState({ trading, slots, strategies }: RunnerView): void {
  // The kernel would let entries in, and the lists leave no class that may send one.
  const isIdle =
    trading.effective === 'RUN' &&
    strategies.length > 0 &&
    strategies.every(({ mayEnter }) => mayEnter === false);
  const overdue = slots.filter(({ trade }) => trade?.exit?.isOverdue === true).map(({ slot }) => slot);
  const section = byId('state');
  const stopped = trading.halted !== null;
  const word = stopped ? 'STOPPED' : trading.effective;
  section.dataset['tone'] = stopped ? 'bad' : isIdle ? 'warn' : (STATES[trading.effective]?.tone ?? 'warn');
  fill(byId('announce'), [word, trading.reasons.map(({ reason }) => reason)], () => [
    `${word}. ${trading.reasons.map(({ reason, text }) => `${reason}: ${text}.`).join(' ')}`,
  ]);
  fill(byId('state-body'), [trading, overdue, isIdle], () => [
    el('p', { class: 'state-word' }, word),
    el(
      'div',
      { class: 'state-why' },
      el('p', {}, isIdle && !stopped ? NO_CLASS_ENTERS : meaningOf(trading)),
      trading.isStopping ? el('p', {}, 'A stop is under way.') : null,
      overdue.length === 0 ? null : el('p', {}, `An exit is overdue in slot ${overdue.join(', ')}.`),
      ...commandWords(trading),
      reasonList(trading),
    ),
  ]);
}

function meaningOf({ halted, effective }: TradingLook): string {
  if (halted !== null) return `The kernel takes nothing any more: ${halted}`;
  return STATES[effective]?.means ?? 'This page does not know that state; it is as old as its program.';
}

/** A command that is still in force, with who gave it where that was heard. */
function commandWords({ command, lastCommand }: TradingLook): readonly HTMLElement[] {
  if (command === 'RUN') return [];
  if (lastCommand === null || lastCommand.command !== command)
    return [el('p', {}, `Commanded: ${command}; by whom is in the journal.`)];
  const { who, why, atMs } = lastCommand;
  return [el('p', {}, `Commanded: ${command} by ${who}, `, age(atMs), ` ago: ${why}`)];
}

function reasonList({ reasons }: TradingLook): HTMLElement | null {
  if (reasons.length === 0) return null;
  const items = reasons.map(({ reason, sinceMs, text }) =>
    el('li', {}, el('b', {}, reason), ' for ', age(sinceMs), `: ${text}`),
  );
  return el('ul', { class: 'reasons' }, ...items);
}

/** Shows the figures of the head of the page. */
export function showFigures({ ledger, marginAsset }: RunnerView): void {
  const { band } = ledger;
  const bandTone = band === 'OK' ? 'good' : band === 'ERROR' ? 'bad' : band === 'WARN' ? 'warn' : undefined;
  fill(byId('figures'), [ledger, marginAsset], () => [
    figureOf('Equity', `K and open profit, ${marginAsset}`, decimal(ledger.equity, MONEY), ledger.equity),
    figureOf(
      'Day',
      `of ${decimal(ledger.dayLossMax, { places: 0, placesMax: 2 })} loss allowed`,
      decimal(ledger.dayResult, GAIN),
      ledger.dayResult,
      toneOf(ledger.dayResult),
    ),
    figureOf(
      'Open profit',
      'at marks',
      decimal(ledger.openProfit, GAIN),
      ledger.openProfit,
      toneOf(ledger.openProfit),
    ),
    figureOf('K', 'our own ledger', decimal(ledger.k, MONEY), ledger.k),
    figureOf('E', "the venue's wallet", decimal(ledger.e, MONEY), ledger.e),
    figureOf(
      'Residual',
      `E − K − explained: ${band}`,
      decimal(ledger.residual, { places: 2, placesMax: 8, isSigned: true }),
      ledger.residual,
      bandTone,
    ),
    figureOf(
      'Free margin',
      `${decimal(ledger.usedMargin, MONEY)} used`,
      decimal(ledger.availableMargin, MONEY),
      ledger.availableMargin,
    ),
  ]);
}

/** A gain is good and a loss is bad; nothing is neither. */
export function toneOf(text: string | null): string | undefined {
  const sign = signOf(text);
  return sign === 0 ? undefined : sign > 0 ? 'good' : 'bad';
}

function figureOf(
  name: string,
  note: string,
  value: string,
  exact: string | null,
  tone?: string,
): HTMLElement {
  return el(
    'div',
    { 'data-tone': tone, 'data-known': String(exact !== null) },
    el('dt', {}, name),
    el('dd', { class: 'value', title: exact ?? undefined }, value),
    el('dd', { class: 'note' }, note),
  );
}
