// Tells when a feed that says it works has been silent for too long, and when it speaks again.

import type { FeedNotice } from '../../domain/scan.ts';
import type { Feed, Timers } from '../../ports.ts';
import { ageText } from './age-text.ts';

/**
 * Returns `feed` with one more reason not to work: no scan, bars or quote for `staleAfterMs`, from its first word on. What cannot be read
 * is no sign of life. While the feed itself says that it does not work, its own reason stands.
 */
export function watchedForSilence(feed: Feed, staleAfterMs: number, timers: Timers): Feed {
  return {
    follow(listen) {
      let heardAtMs = timers.nowMs();
      let hasSpoken = false;
      let state: { readonly isUp: boolean; readonly why: string } | null = null;
      let isSilent = false;
      let isOver = false;
      let callOff: () => void = () => undefined;

      const wait = (ms: number): void => {
        callOff = timers.after(ms, check);
      };
      const check = (): void => {
        const silentMs = timers.nowMs() - heardAtMs;
        if (state?.isUp === true && !isSilent && silentMs >= staleAfterMs) {
          isSilent = true;
          const since = hasSpoken ? 'since its last word' : 'since it began';
          listen({ kind: 'state', isUp: false, why: `silent: ${ageText(silentMs)} ${since}` });
        }
        if (!isOver) wait(Math.max(1, isSilent ? staleAfterMs : heardAtMs + staleAfterMs - timers.nowMs()));
      };
      const hear = (): void => {
        heardAtMs = timers.nowMs();
        hasSpoken = true;
        if (!isSilent) return;
        isSilent = false;
        if (state?.isUp === true) listen({ kind: 'state', isUp: true, why: state.why });
      };
      const onNotice = (notice: FeedNotice): void => {
        if (notice.kind === 'ended') {
          isOver = true;
          callOff();
        } else if (notice.kind === 'state') {
          // Silent sources may change their words; only to fail, or to speak, says something new.
          if (isSilent && notice.isUp) {
            state = notice;
            return;
          }
          if (notice.isUp && state?.isUp === false) heardAtMs = timers.nowMs();
          state = notice;
          isSilent = false;
        } else if (notice.kind !== 'malformed') hear();
        listen(notice);
      };
      wait(staleAfterMs);
      const stop = feed.follow(onNotice);
      return async () => {
        isOver = true;
        callOff();
        await stop();
      };
    },
  };
}
