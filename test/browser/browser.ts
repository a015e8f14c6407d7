// The browser of this machine, where there is one, and the status page in it.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { assert } from '../../src/domain/assert.ts';
import type { Log, Timers } from '../../src/ports.ts';
import type { RunnerFacts } from '../../src/runner/facts.ts';
import type { StatusHistory } from '../../src/runner/status/history.ts';
import { type StatusServer, startStatusServer } from '../../src/runner/status/status-server.ts';

/** What the build made of the page. */
export const PAGE_FOLDER = fileURLToPath(new URL('../../dist/runner/status/page/', import.meta.url));

/** Debian's place; the variable CHROMIUM names another. */
const CHROMIUM = '/usr/bin/chromium';

/** Where the browser is, or `null` where there is none. */
export function chromiumPath(): string | null {
  const path = process.env['CHROMIUM'] ?? CHROMIUM;
  return existsSync(path) ? path : null;
}

/** Starts the browser without a window. Its sandbox needs rights that a container may not have, and it only sees pages of ours. */
export async function launch(): Promise<Browser> {
  const executablePath = chromiumPath();
  assert(executablePath !== null, `there is no browser at ${process.env['CHROMIUM'] ?? CHROMIUM}`);
  return await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
}

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Shown {
  readonly facts: () => RunnerFacts;
  readonly history: StatusHistory;
  readonly timers: Timers;
  readonly log?: Log;
  readonly port?: number;
}

/** Serves the built page. */
export async function serve({
  facts,
  history,
  timers,
  log = SILENT,
  port = 0,
}: Shown): Promise<StatusServer> {
  const server = await startStatusServer({ port, facts, history, timers, log, pageFolder: PAGE_FOLDER });
  assert(server.ok, () => (server.ok ? '' : server.error));
  return server.value;
}
