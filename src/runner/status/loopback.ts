// Whether a request comes from this machine's own pages: other sites can make a browser ask here, under a name of theirs too.

import type { IncomingHttpHeaders } from 'node:http';

/** Names of this machine; the port may be that of a tunnel. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** Whether `Host` names this machine. Another name that leads here is that of a site which let its name point at us. */
export function isLoopbackHost(headers: IncomingHttpHeaders): boolean {
  return LOOPBACK_HOST.test(headers.host ?? '');
}

/** Whether a WebSocket was opened by a page from here, or by no browser at all: browsers always say where a page is from. */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  return host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;
}
