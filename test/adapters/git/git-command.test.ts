// Running git: what it says where it fails, and the token that never shows in it.

import { describe, expect, it } from 'vitest';
import { git } from '../../../src/adapters/git/git-command.ts';
import { emptyFolder } from './repository.ts';

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
