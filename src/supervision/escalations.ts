// When divergence on a pull request is worth a new comment, which notifies people, and when an edit of the old one has to do.

import { DIVERGENCE_SEVERITIES, type DivergenceSeverity } from './divergence-facts.ts';

/** What was said about divergence on one pull request before. Instants are epoch ms. */
export interface SaidBefore {
  /** The comment that is kept, with the severity that people were told of; `null` where there is none. */
  readonly kept: { readonly told: DivergenceSeverity; readonly editedMs: number } | null;
  /** Comments that told people it became worse. */
  readonly escalations: readonly { readonly severity: DivergenceSeverity; readonly createdMs: number }[];
  /** New comments about divergence on this UTC day, the kept one included. */
  readonly today: number;
}

type NextWord =
  | { readonly kind: 'nothing' }
  /** A first comment, or an edit of the one there is. */
  | { readonly kind: 'keep'; readonly told: DivergenceSeverity }
  /** A new comment that names people, and an edit. */
  | { readonly kind: 'escalate'; readonly told: DivergenceSeverity };

/**
 * Returns what to write. The first comment is news by itself. Later only an alert beyond the severity that people were told of
 * is, never an early warning, and not more often than `perDay`: what is held back is told on the next day, unless it is over by then.
 */
export function nextWord(severity: DivergenceSeverity, before: SaidBefore, perDay: number): NextWord {
  const { kept, escalations, today } = before;
  if (kept === null)
    return severity === 'none' || today >= perDay ? { kind: 'nothing' } : { kind: 'keep', told: severity };
  if (rankOf(severity) <= Math.max(rankOf(kept.told), rankOf('warning')))
    return { kind: 'keep', told: severity };
  const wasTold = escalations.some(
    (each) => rankOf(each.severity) >= rankOf(severity) && each.createdMs >= kept.editedMs,
  );
  if (wasTold) return { kind: 'keep', told: severity };
  return today >= perDay ? { kind: 'keep', told: kept.told } : { kind: 'escalate', told: severity };
}

function rankOf(severity: DivergenceSeverity): number {
  return DIVERGENCE_SEVERITIES.indexOf(severity);
}
