// Whole steps and money as the venue prints them: with a fixed number of decimals.

import { type Step, stepsText } from '../../../../domain/instrument.ts';
import { divideHalfEven, MONEY_DECIMALS, type Money } from '../../../../domain/money.ts';
import { PPM_ONE, type Ppm } from '../../../../domain/steps.ts';

/** Returns steps with every decimal of the step: 50 lots of 0.0001 are `0.0050`. */
export function stepsFixed(step: Step, steps: number): string {
  const text = stepsText(step, steps);
  const [whole = '', fraction = ''] = text.split('.');
  return step.decimals === 0 ? whole : `${whole}.${fraction.padEnd(step.decimals, '0')}`;
}

/** Returns steps as a number, for the places where the venue writes one; exact as long as a double is. */
export function stepsNumber(step: Step, steps: number): number {
  return Number(stepsText(step, steps));
}

/** Returns money with so many decimals, half to even. */
export function moneyFixed(amount: Money, decimals: number): string {
  const units = divideHalfEven(amount, 10n ** BigInt(MONEY_DECIMALS - decimals));
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(digits.length - decimals)}`;
  return units < 0n ? `-${text}` : text;
}

/** Returns a share with eight decimals, as rates are printed. */
export function shareFixed(share: Ppm): string {
  return (share / PPM_ONE).toFixed(8);
}
