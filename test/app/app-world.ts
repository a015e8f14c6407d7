// A repository at the local GitHub with the app serving it: small jobs that write by state, so that what is tested is the app around them.

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalGitHub, startLocalGitHub } from '../../src/adapters/github/local/local-github.ts';
import { createVirtualClock, type VirtualClock } from '../../src/adapters/github/local/virtual-clock.ts';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import type { AppSettings } from '../../src/app/app-settings.ts';
import type { AppJobs } from '../../src/app/handle-event.ts';
import type { JobsFor } from '../../src/app/repository-ports.ts';
import { type AppServer, type ServeOptions, serveApp } from '../../src/app/serve.ts';
import { AGENTS_FILE, KILL_LIST_FILE, WARDEN_FILE } from '../../src/domain/proposal.ts';
import type { Log } from '../../src/ports.ts';
import { dropFolder } from '../one-folder.ts';
import { memoryLog, SECRET } from './deliveries.ts';

export const REPO = 'acme/alpha';
export const START_MS = Date.UTC(2026, 10, 21, 12);
const SHIPPED = join(import.meta.dirname, '../../config');

function shipped(name: string): string {
  return readFileSync(join(SHIPPED, name), 'utf8');
}

export const CONFIG = {
  [WARDEN_FILE]: shipped('warden.yaml'),
  [KILL_LIST_FILE]: shipped('kill-list.yaml'),
  [AGENTS_FILE]: shipped('agents.yaml'),
};

type Changes = Partial<Omit<ServeOptions, 'settings'>> & { readonly settings?: Partial<AppSettings> };

export interface AppWorld {
  readonly github: LocalGitHub;
  readonly clock: VirtualClock;
  readonly dir: string;
  readonly log: ReturnType<typeof memoryLog>;
  readonly settings: AppSettings;
  /** Starts an app and sends it the webhooks. */
  serve(changes?: Changes): Promise<AppServer>;
  /** Resolves when no webhook is on its way and nothing is handled. */
  settled(app: AppServer): Promise<void>;
  close(): Promise<void>;
}

interface WorldOptions {
  readonly appPermissions?: Readonly<Record<string, 'read' | 'write'>>;
  readonly appEvents?: readonly string[];
  readonly jobsFor?: JobsFor;
  /** How long tokens last by the clock of the world, which may run ahead of that of the app's client; default: an hour. */
  readonly tokenLifeMs?: number;
}

/** Opens a GitHub with one configured repository, its state branch, and three people: ada may write, eve may read. */
export async function appWorld(options: WorldOptions = {}): Promise<AppWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'warden-app-'));
  const clock = createVirtualClock(START_MS);
  const { appPermissions, appEvents, tokenLifeMs } = options;
  const github = await startLocalGitHub({
    dir: join(dir, 'git'),
    clock,
    webhookSecret: SECRET,
    ...(appPermissions === undefined ? {} : { appPermissions }),
    ...(appEvents === undefined ? {} : { appEvents }),
    ...(tokenLifeMs === undefined ? {} : { tokenLifeMs }),
  });
  const { world } = github;
  for (const login of ['ada', 'bob', 'eve']) world.addUser(login);
  world.createRepository({ fullName: REPO, files: CONFIG });
  world.setPermission(REPO, 'ada', 'write');
  world.setPermission(REPO, 'bob', 'write');
  world.setPermission(REPO, 'eve', 'read');
  const log = memoryLog();
  const settings: AppSettings = {
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecret: SECRET,
    host: '127.0.0.1',
    port: 0,
    dir: join(dir, 'app'),
    apiUrl: github.apiUrl,
    serverUrl: github.gitUrl('o/r').replace(/\/o\/r\.git$/, ''),
  };
  const apps: AppServer[] = [];
  return {
    github,
    clock,
    dir,
    log,
    settings,
    async serve(changes = {}) {
      const own = { ...settings, ...changes.settings };
      const started = await serveApp({
        clock,
        log,
        sleep: async () => {},
        random: () => 0,
        codeVersion: '0.0.0',
        jobsFor: options.jobsFor ?? smallJobs,
        disk: nodeDisk(own.dir, { durable: false }),
        ...changes,
        settings: own,
      });
      if (!started.ok) throw new Error(started.error.join('\n'));
      apps.push(started.value);
      github.deliveries.setTarget(`${started.value.url}/api/github/webhooks`);
      return started.value;
    },
    async settled(app) {
      // What is handled may set off webhooks, which are handled in turn.
      for (let quiet = 0; quiet < 2; quiet += 1) {
        const before = github.deliveries.log.length;
        await github.deliveries.idle();
        await app.idle();
        if (github.deliveries.log.length !== before) quiet = -1;
      }
    },
    async close() {
      for (const app of apps) await app.stop();
      await github.close();
      dropFolder(dir);
    },
  };
}

/** Jobs as small as they can be and still write by state: one dashboard, one check per head, one answer per command. */
export const smallJobs: JobsFor = ({ github, state }): AppJobs => ({
  async publish() {
    const newest = await state.newest();
    const body = newest?.disk.read('report.md')?.toString('utf8') ?? 'no state';
    const [issue] = await github.ownIssues();
    if (issue === undefined) await github.createIssue({ title: 'Dashboard', body, labels: ['warden'] });
    else if (issue.body !== body) await github.updateIssue(issue.number, { body });
    return [];
  },
  async watch() {
    return [];
  },
  async reviewConfig(number) {
    const pull = await github.pull(number);
    if (pull === null || pull.state === 'closed') return;
    const runs = await github.checkRuns(pull.headSha, 'warden/config');
    if (runs.some(({ status }) => status === 'completed')) return;
    const run = await github.startCheck({ name: 'warden/config', headSha: pull.headSha, externalId: 'x' });
    await github.completeCheck(run.id, 'success', {
      title: 'Fine',
      summary: 'Fine.',
      text: '',
      annotations: [],
    });
  },
  async answerCommand({ number, commentId, author, body }) {
    const marker = `<!-- answers ${commentId} -->`;
    const comments = await github.comments(number);
    if (
      comments.some((comment) => github.ownLogins.includes(comment.author) && comment.body.startsWith(marker))
    )
      return;
    const role = await github.role(author);
    const text = role === 'write' ? `done: ${body.trim()}` : `@${author} may not`;
    await github.createComment(number, `${marker}\n${text}`);
  },
  async actOnBoxes(number, sender) {
    const marker = '<!-- boxes -->';
    const comments = await github.comments(number);
    if (!comments.some((comment) => comment.body.startsWith(marker)))
      await github.createComment(number, `${marker}\n${sender} ticked a box`);
  },
});

export function saidNothing(): Log {
  return { info: () => {}, warn: () => {}, error: () => {} };
}
