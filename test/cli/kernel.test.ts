// `warden kernel ctl` on the command line, against a real socket: what it says, what it refuses to ask, and what a workflow sees.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerKernel } from '../../src/cli/kernel.ts';
import { aMonitor, aSummary } from '../domain/record-builders.ts';
import {
  type Answering,
  aControlResponse,
  answers,
  type ControlServer,
  controlServer,
} from '../fakes/control-server.ts';
import { stepVariable } from '../fakes/step-variable.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
let server: ControlServer | null = null;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-kernel-'));
});
afterEach(async () => {
  await server?.close();
  server = null;
  rmSync(cwd, { recursive: true, force: true });
});

async function ctl(
  answering: Answering,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  server = await controlServer(answering);
  return await runInMemory([registerKernel], ['kernel', 'ctl', ...argv], {
    cwd,
    env: { PINK_CONTROL_SOCKET: server.path, ...env },
  });
}

const ACTIONS = {
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTOR: 'ada',
  GITHUB_TRIGGERING_ACTOR: 'grace',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/alpha',
  GITHUB_RUN_ID: '7',
};

describe('kernel ctl', () => {
  it('offers no folder and no instant, since it takes none', async () => {
    const run = await runInMemory([registerKernel], ['kernel', 'ctl', '--help'], { cwd });

    expect(run.stdout).not.toMatch(/--(state|config|now)/);
  });

  it('asks for the status where nothing is named, and shows all of it', async () => {
    const run = await ctl(
      answers((request) =>
        aControlResponse(request, { message: 'as asked', summary: aSummary({ orders_in_doubt: 2 }) }),
      ),
      [],
    );

    expect(run.exitCode).toBe(0);
    expect(server?.requests).toMatchObject([
      { command: 'status', reason: null, request_id: 'ab'.repeat(16) },
    ]);
    expect(run.stdout).toMatchInlineSnapshot(`
      "status: done. as asked

      trading state    reducing
      kernel state     entry_frozen
      since, UTC       2026-11-21 10:00:00
      reason           ledger residual is 31.20 USDT
      kill list        in no commit, sha256 aaaaaaaaaaaa, since 2026-11-21 10:00:00
      allocation       none is in force
      positions        1
      orders in doubt  2
      K, own ledger    25000.00 USDT
      E, exchange      24968.80 USDT
      residual         -31.20 USDT
      K against E      error since 2026-11-21 10:00:00
      runner           pink-1, version 0.1.0
      as of, UTC       2026-11-21 10:00:00, record 1043 of the journal

      Strategy classes
      class  entries  why blocked                size factor  open orders  open positions
      macro  blocked  DISABLED in the kill list  0.95                   0               1

      Positions
      instrument  class            side  quantity  average price  mark price  unrealized
      BTC-USDT    none: an orphan  LONG  0.0150    98120.5        –           –

      Streams
      stream   state  last frame, UTC      age
      account  down   –                    –
      feed     up     2026-11-21 10:00:00  0.1 s
      "
    `);
  });

  it.each([
    ['done', 0],
    ['already', 0],
    ['accepted', 0],
    ['refused', 3],
  ] as const)('ends a request that is %s with %i', async (outcome, exitCode) => {
    const run = await ctl(
      answers((request) => aControlResponse(request, { outcome, message: 'K and E differ' })),
      ['unfreeze', '--reason', ' all is well '],
    );

    expect(run.exitCode).toBe(exitCode);
    expect(server?.requests).toMatchObject([{ command: 'unfreeze', reason: 'all is well' }]);
    expect(run.stdout).toContain(`unfreeze: ${outcome}. K and E differ\n`);
    expect(run.stdout).toContain('The kernel gave no summary: how it stands is not known.');
  });

  it('prints the answer as JSON', async () => {
    const run = await ctl(
      answers((request) => aControlResponse(request)),
      ['freeze', '--reason', 'why', '--json', '--request-id', 'mine-1'],
    );

    expect(run.json()).toEqual({
      exit_code: 0,
      command: 'freeze',
      request_id: 'mine-1',
      outcome: 'done',
      message: 'entries are refused from now on',
      kernel_state: 'entry_frozen',
      summary: null,
      explanation: null,
      monitor: null,
    });
  });

  it('asks why of an id, and shows the answer without tables', async () => {
    const run = await ctl(
      answers((request) =>
        aControlResponse(request, {
          message: 'what is known of intent-3',
          summary: aSummary(),
          explanation: ['The intent intent-3 was denied, RATE.', 'Ask again later.'],
        }),
      ),
      ['why', 'intent-3'],
    );

    expect(run.exitCode).toBe(0);
    expect(server?.requests).toMatchObject([{ command: 'why', about: 'intent-3', reason: null }]);
    expect(run.stdout).toBe(
      'why: done. what is known of intent-3\n\nThe intent intent-3 was denied, RATE.\n\nAsk again later.\n',
    );
  });

  it('names the slot that a person has looked at', async () => {
    await ctl(
      answers((request) => aControlResponse(request)),
      ['resolve', '--slot', '0', '--reason', 'closed by hand'],
    );

    expect(server?.requests).toMatchObject([{ command: 'resolve', slot: 0 }]);
  });

  it('shows orders, parts and the last events where the runner gives them', async () => {
    const run = await ctl(
      answers((request) => aControlResponse(request, { summary: aSummary(), monitor: aMonitor() })),
      ['status'],
    );

    expect(run.stdout).toContain('STREAM_DOWN  2026-11-21 10:00:00  the stream is down');
    expect(run.stdout).toContain('abc    BTC-USDT    entry  BUY   LIMIT  1000   0.05      0       WORKING');
    expect(run.stdout).toContain('clickhouse  down   7');
    expect(run.stdout).toContain("1042    2026-11-21 10:00:00  the venue's stream is down");
  });

  it.each([
    ['a command that acts without a reason', ['halt'], '--reason is missing; halt needs one'],
    ['an empty reason, as workflows give it', ['freeze', '--reason', ''], 'freeze needs one'],
    ['a reason that is too long', ['freeze', '--reason', 'a'.repeat(501)], '--reason "aaa'],
    ['a misspelled command', ['freez', '--reason', 'why'], 'did you mean freeze?'],
    ['a command nobody knows', ['explode'], 'expected status, why, freeze, reduce-only'],
    ['an id that freeze is not about', ['freeze', 'x', '--reason', 'y'], 'the id is of no use to freeze'],
    ['a slot for freeze', ['freeze', '--slot', '0', '--reason', 'y'], '--slot is of no use to freeze'],
    ['half a slot', ['resolve', '--slot', '0.5', '--reason', 'y'], 'Expected a whole number'],
    ['a halt that is watched', ['halt', '--watch', '--reason', 'y'], 'only status is watched'],
    ['an id of another form', ['status', '--request-id', '../x'], '--request-id "../x" does not have'],
  ])('does not ask with %s', async (_case, argv, message) => {
    const run = await ctl(() => {}, argv);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(message);
    expect(server?.requests).toEqual([]);
  });

  it('looks for the runner of this folder where no socket is named and no service has one', async () => {
    const run = await runInMemory([registerKernel], ['kernel', 'ctl'], { cwd });

    expect(run.exitCode).toBe(10);
    expect(run.stderr).toContain(join(cwd, 'state/pink/control.sock'));
  });

  it('says that nothing was sent where there is no socket', async () => {
    const run = await runInMemory(
      [registerKernel],
      ['kernel', 'ctl', 'freeze', '--reason', 'why', '--socket', join(cwd, 'none.sock')],
      { cwd, env: { PINK_CONTROL_SOCKET: '/nowhere' } },
    );

    expect(run.exitCode).toBe(10);
    expect(run.stderr).toContain('kernel ctl freeze was not sent: ');
    expect(run.stderr).toContain('none.sock: there is no such socket; is the service of the runner running');
  });

  it('never calls a request failed that broke on the way back', async () => {
    const run = await ctl((_, socket) => socket.end(), ['flatten', '--reason', 'why', '--json']);

    expect(run.exitCode).toBe(10);
    expect(run.json()).toEqual({
      exit_code: 10,
      error:
        'kernel ctl flatten was sent, and whether it took effect is not known: the connection ended without an answer; ' +
        `ask warden kernel ctl status, or repeat it with --request-id ${'ab'.repeat(16)}, which takes effect at most once`,
    });
  });

  it('says of a status without an answer that it is not known', async () => {
    const run = await ctl((_, socket) => socket.end('?\n'), ['status']);

    expect(run.exitCode).toBe(10);
    expect(run.stderr).toContain(
      'the kernel was asked, and how it stands is not known: the answer is no JSON',
    );
  });

  it('neither hides nor obeys what the runner says', async () => {
    const run = await ctl(
      answers((request) => aControlResponse(request, { message: '::error::x \u009b2J <b>' })),
      ['status'],
    );

    expect(run.exitCode).toBe(0);
    expect(run.stdout).not.toContain('\u009b');
  });
});

describe('kernel ctl in a workflow', () => {
  const NAME = 'GITHUB_STEP_SUMMARY';
  const namePage = stepVariable(NAME);

  it('names who started this attempt of the run, and the run', async () => {
    await ctl(
      answers((request) => aControlResponse(request)),
      ['freeze', '--reason', 'why'],
      ACTIONS,
    );

    expect(server?.requests).toMatchObject([
      { requested_by: { who: 'grace', run_url: 'https://github.com/acme/alpha/actions/runs/7' } },
    ]);
  });

  it.each([
    ['{"command":"reduce-only","reason":"the venue is slow"}', 'reduce-only', 'the venue is slow'],
    ['{"command":"status","reason":""}', 'status', null],
  ])('takes the inputs %s for its words', async (inputs, command, reason) => {
    await ctl(
      answers((request) => aControlResponse(request)),
      [],
      { ...ACTIONS, WARDEN_INPUTS: inputs },
    );

    expect(server?.requests).toMatchObject([{ command, reason }]);
  });

  it('shows the answer on the page of the run, with nothing in it that is markup', async () => {
    const page = join(cwd, 'summary.md');
    writeFileSync(page, '');
    namePage(page);
    const run = await ctl(
      answers((request) =>
        aControlResponse(request, {
          message: '<img src=x> @ada',
          summary: aSummary({ trading_state_reason: 'a | b' }),
        }),
      ),
      ['status'],
      { ...ACTIONS, [NAME]: page },
    );

    expect(run.exitCode).toBe(0);
    const shown = readFileSync(page, 'utf8');
    expect(shown).toContain('## Kernel: status, done\n\n&lt;img src=x&gt; @&#8203;ada\n');
    expect(shown).toContain('| reason | a &#124; b |');
  });

  it('shows on the page that nothing was sent, where nobody listens', async () => {
    const page = join(cwd, 'summary.md');
    writeFileSync(page, '');
    namePage(page);
    const run = await runInMemory([registerKernel], ['kernel', 'ctl', 'halt', '--reason', 'why'], {
      cwd,
      env: { ...ACTIONS, [NAME]: page, PINK_CONTROL_SOCKET: join(cwd, 'none.sock') },
    });

    expect(run.exitCode).toBe(10);
    expect(readFileSync(page, 'utf8')).toMatch(
      /^## Kernel: halt, \*\*not sent\*\*\n\nkernel ctl halt was not sent: .*there is no such socket/,
    );
  });

  it('is done where its page cannot be written', async () => {
    const page = join(cwd, 'no-such-folder', 'summary.md');
    namePage(page);
    const run = await ctl(
      answers((request) => aControlResponse(request)),
      ['status'],
      { ...ACTIONS, [NAME]: page },
    );

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('the page of this run was not written');
  });
});
