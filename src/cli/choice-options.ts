// The options that restrict a run: to some horizons, to signals since an instant, to rows of a time.

import { InvalidArgumentError } from 'commander';
import { err, ok, type Result } from '../domain/result.ts';
import { durationMs, parseInstant } from '../domain/time.ts';
import { EXIT } from './exit-codes.ts';
import { type Refusal, refusal } from './outcome.ts';

/** Parses `--horizons`: whole hours, each once. */
export function horizonsOption(text: string): readonly number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => /^[1-9]\d{0,5}$/.test(part)))
    throw new InvalidArgumentError('Expected whole hours with commas between them, e.g. 1,24.');
  return [...new Set(parts.map(Number))];
}

/** Returns the chosen horizons in the order of the configuration, `null` for all, or the refusal of one that it does not have. */
export function chosenHorizons(
  given: readonly number[] | undefined,
  configured: readonly number[],
): Result<readonly number[] | null, Refusal> {
  if (given === undefined) return ok(null);
  const unknown = given.filter((hours) => !configured.includes(hours));
  if (unknown.length === 0) return ok(configured.filter((hours) => given.includes(hours)));
  const message = `--horizons names ${unknown.join(', ')}, which horizons_hours of warden.yaml does not; choose from ${configured.join(', ')}`;
  return err(refusal(EXIT.usage, message));
}

/** An instant, or a time before the one the run works as of. */
export type Since = (nowMs: number) => number;

/** Parses `--since`. */
export function sinceOption(text: string): Since {
  const backMs = durationMs(text.trim());
  if (backMs !== null) return (nowMs) => nowMs - backMs;
  const instant = parseInstant(text);
  if (!instant.ok)
    throw new InvalidArgumentError(`${instant.error}; or a duration such as 12h or 7d before --now.`);
  return () => instant.value;
}

/** Parses `--window`; milliseconds. */
export function windowOption(text: string): number {
  const ms = durationMs(text.trim());
  if (ms === null || ms === 0) throw new InvalidArgumentError('Expected a duration, e.g. 180d.');
  return ms;
}
