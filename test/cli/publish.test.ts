// `warden publish` as a person meets it: off, refused, previewed, sent, and owed.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerPublish } from '../../src/cli/publish.ts';
import { mailbox } from '../adapters/mail/mailbox.ts';
import { aSupervisedDisk } from '../jobs/supervised-state.ts';
import { runInMemory } from './memory-host.ts';

const ADDRESSES = { MAIL_FROM: 'warden@example.org', META_EMAIL_TO: 'ada@example.org' };

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-publish-'));
  for (const [path, text] of Object.entries(aSupervisedDisk().dump())) {
    const file = join(cwd, 'state/data', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function publish(env: Readonly<Record<string, string>>, ...argv: string[]) {
  return await runInMemory([registerPublish], ['publish', ...argv], { cwd, env });
}

function stateFiles(): string[] {
  return readdirSync(join(cwd, 'state/data'), { recursive: true }).map(String).sort();
}

describe('warden publish', () => {
  it('says once that mail is off, and that something waits', async () => {
    const before = stateFiles();

    const run = await publish({});

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('mail is off: set SMTP_URL, MAIL_FROM and META_EMAIL_TO');
    expect(run.stdout).toBe('waiting until mail is on: 2\n');
    expect(stateFiles().filter((name) => name.endsWith('.jsonl'))).toEqual(
      before.filter((name) => name.endsWith('.jsonl')),
    );
  });

  it('is off where the configuration says so', async () => {
    const shipped = fileURLToPath(new URL('../../config', import.meta.url));
    cpSync(shipped, join(cwd, 'config'), { recursive: true });
    const file = join(cwd, 'config/warden.yaml');
    const text = readFileSync(file, 'utf8').replace(/^notify:\n(?: .*\n|\n)*/m, '');
    writeFileSync(file, `${text}\nnotify:\n  mail: false\n`);

    const run = await publish({ ...ADDRESSES, SMTP_URL: 'not looked at' });

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('mail is off: notify.mail is false in warden.yaml');
  });

  it('refuses half of the settings, without their secrets', async () => {
    const run = await publish({ SMTP_URL: 'smtps://u:hunter2hunter2@host' });

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('MAIL_FROM is not set, but SMTP_URL or META_EMAIL_TO is');
    expect(run.stderr).not.toContain('hunter2');
  });

  it('shows with --dry-run what it would send, and sends and writes nothing', async () => {
    const before = stateFiles();

    const run = await publish({}, '--dry-run');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('would be sent:\n\nDIVERGENCE ALERT: trend-ema (4 h)\n');
    expect(run.stdout).toContain('STRATEGY DISABLE PROPOSED: macro');
    expect(run.stdout).toContain('dry run: nothing was written');
    expect(stateFiles()).toEqual(before);
  });

  it('ends with code 7 while the server cannot be reached', async () => {
    const run = await publish({ ...ADDRESSES, SMTP_URL: 'smtp://127.0.0.1:1' }, '--json');

    expect(run.exitCode).toBe(7);
    expect(run.stderr).toContain('nothing listens there');
    expect(run.json()).toMatchObject({ exit_code: 7, sent: [], failed: [{}, {}] });
    expect(stateFiles()).not.toContain('supervisor/sent.jsonl');
    expect(stateFiles().some((name) => name.startsWith('runs'))).toBe(false);
  });

  it('sends, keeps the receipts and its provenance, and has nothing left to do', async () => {
    const box = await mailbox();
    const url = `smtp://apikey:correct%20horse%20battery@127.0.0.1:${box.settings.server.port}`;
    const env = { ...ADDRESSES, SMTP_URL: url };

    const first = await publish(env);
    const second = await publish(env);
    await box.close();

    expect(first.exitCode).toBe(0);
    expect(first.stdout).toBe(
      'sent: DIVERGENCE ALERT: trend-ema (4 h)\nsent: STRATEGY DISABLE PROPOSED: macro\n',
    );
    expect(second.stdout).toBe('nothing is owed\n');
    expect(box.mails).toHaveLength(2);
    expect(stateFiles()).toContain('supervisor/sent.jsonl');
    expect(stateFiles()).toContain('runs/2026-11.jsonl');
  });
});
