// What is still missing until a class that was stopped, or proposed to be, counts as recovered.

import { entryOf } from '../domain/entry-of.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import { breachedRegimes, episodesOf, openEpisode } from './episodes.ts';
import type { Findings } from './findings.ts';
import type { LookInput } from './look-input.ts';
import { unmetRecovery } from './recovery.ts';

/**
 * Returns, as sentences, what a recovery needs; empty where the class is neither disabled nor in an open episode. While a
 * proposal waits it is withdrawn when every cell that breached is OK or has left the rows of the proposal behind; a
 * disabled class recovers by its newest rows.
 */
export function recoverySentences(input: LookInput, found: Findings, name: string): string[] {
  const { settings, past } = input;
  const entry = entryOf(settings.kill_list, name);
  const cells = found.cells.byClass.get(name);
  if (entry?.status !== 'DISABLED') {
    const open = openEpisode(past, name);
    if (open === null) return [];
    return breachedRegimes(open).map((regime) => {
      const status = cells?.get(regime)?.cell.status ?? 'gone';
      if (status === 'OK') return `${regime}: ${status}; met for the proposal to be withdrawn.`;
      const said = open.disables.findLast(({ evidence }) => evidence.regime === regime);
      const until = said?.evidence.cell.window_to ?? said?.ts ?? '';
      return (
        `${regime}: ${status}; OK is needed for the proposal to be withdrawn, or rows in its window ` +
        `that all ended after ${until} and are no breach.`
      );
    });
  }
  const disables = episodesOf(past, name).find(({ episode }) => episode === entry.episode)?.disables ?? [];
  const current = found.cells.regimes.get(name);
  const regimes =
    disables.length > 0 ? breachedRegimes({ disables }) : [current].filter((each) => each !== undefined);
  return regimes.flatMap((regime) => {
    const judged = cells?.get(regime);
    if (judged === undefined)
      return [`${regime}: its cell has no rows in the window any more; unknown is not recovered.`];
    const { cell, asOf } = judged;
    const sinceMs = msFromIso(entry.since);
    const unmet = unmetRecovery(cell, cell.threshold, input.rules, sinceMs, msFromIso(asOf));
    if (unmet.length === 0)
      return [`${regime}: every condition is met since it was disabled ${isoFromMs(sinceMs)}.`];
    return unmet.map((sentence) => `${regime}: ${sentence}`);
  });
}
