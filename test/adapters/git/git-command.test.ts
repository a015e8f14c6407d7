// Running git: what it says where it fails, and the token that never shows in it.

import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { git } from '../../../src/adapters/git/git-command.ts';
import { emptyFolder } from './repository.ts';

describe('a git that is ended from outside', () => {
  it('is one that did not finish, like one that took too long', async () => {
    const cwd = emptyFolder();
    const path = process.env['PATH'];
    onTestFinished(() => {
      process.env['PATH'] = path;
    });
    writeFileSync(join(cwd, 'git'), '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
    process.env['PATH'] = `${cwd}${delimiter}${path}`;

    expect(await git(['status'], { cwd, config: 'own' })).toEqual({
      ok: false,
      error: { exitCode: null, message: 'was ended by SIGKILL', output: '' },
    });
  });
});

describe('what git said', () => {
  it('holds no part of the token, even where it is cut', async () => {
    const token = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';
    const login = { url: 'https://127.0.0.1/acme/desk', token };
    for (let at = 230; at <= 300; at += 10) {
      const told = await git(['x'.repeat(at) + token], { cwd: emptyFolder(), config: 'own', login });
      const message = told.ok ? '' : told.error.message;

      expect(message).toContain('xxx');
      expect(message).not.toContain(token.slice(0, 8));
    }
  });
});
