// The live connection to the runner: it comes back by itself, and says how long it has been away.

import type { LiveMessage } from '../runner-view.ts';

/** The runner speaks at least every five seconds: after this long the connection is dead, whatever the browser says. */
const SILENCE_MS_MAX = 12_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 5_000;

/** `past`: there is none, and what is shown is a moment of before. */
export type LinkState = 'connecting' | 'live' | 'lost' | 'past';

interface Listener {
  message(message: LiveMessage): void;
  state(state: LinkState): void;
}

/** Connects, and never gives up. */
export function connect(listener: Listener): void {
  let retryMs = RETRY_FIRST_MS;
  let wasLive = false;
  const open = (): void => {
    const socket = new WebSocket(`ws://${location.host}/live`);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => socket.close(), SILENCE_MS_MAX);
    };
    heard();
    socket.addEventListener('message', ({ data }) => {
      heard();
      retryMs = RETRY_FIRST_MS;
      wasLive = true;
      listener.message(JSON.parse(String(data)) as LiveMessage);
      listener.state('live');
    });
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(silence);
      listener.state(wasLive ? 'lost' : 'connecting');
      setTimeout(open, retryMs);
      retryMs = Math.min(RETRY_MAX_MS, retryMs * 2);
    };
    socket.addEventListener('close', over);
    socket.addEventListener('error', over);
  };
  open();
}
