// The boost: a factor with a floor and a ceiling, gone with the scan that named it.

import { describe, expect, it } from 'vitest';
import { boostedConviction, boostOf } from '../../src/policy/boost.ts';
import { scanOf } from './build.ts';

describe('the boost', () => {
  it.each([
    ['of a fresh scan', 1.5, 0, 1.5],
    ['at the oldest it may be', 1.5, 30_000, 1.5],
    ['of a stale scan is none', 1.5, 30_001, 1],
    ['that is tiny is the floor', 0.01, 0, 0.1],
    ['that is no number is none', Number.NaN, 0, 1],
    ['that is not named is none', null, 0, 1],
  ])('%s', (_case, acbBoost, ageMs, expected) => {
    expect(boostOf(scanOf(1, { acbBoost }), ageMs, 30_000)).toBe(expected);
  });

  it('is none before any scan', () => {
    expect(boostOf(null, Number.POSITIVE_INFINITY, 30_000)).toBe(1);
  });

  it('lifts a conviction up to the highest, and lowers it down to a half', () => {
    expect(boostedConviction(2, 1.5, 8)).toBe(3);
    expect(boostedConviction(6, 1.5, 8)).toBe(8);
    expect(boostedConviction(2, 0.1, 8)).toBe(0.5);
    expect(boostedConviction(1, 1, 0.5)).toBe(0.5);
  });
});
