// Refusals of GitHub whose words alone do not tell what to do: each names its next step.

import { describe, expect, it } from 'vitest';
import { ask } from '../../../src/adapters/github/answers.ts';
import { GitHubError } from '../../../src/domain/github.ts';

async function saidOf(status: number, message: string, path = '/repos/o/r/pulls', method = 'POST') {
  const request = { method, url: `https://api.github.com${path}` };
  const response = { status, headers: {}, data: { message } };
  const refused = Object.assign(new Error(message), { status, request, response });
  const error = await ask(async () => await Promise.reject(refused)).catch((thrown: unknown) => thrown);
  if (error instanceof GitHubError) return error.message;
  throw new Error(`expected a GitHubError, got ${String(error)}`);
}

describe('the next step of a refusal', () => {
  it('is the setting that keeps workflows from opening pull requests, not a permission they have', async () => {
    const said = await saidOf(403, 'GitHub Actions is not permitted to create or approve pull requests.');

    expect(said).toContain('turn on "Allow GitHub Actions to create and approve pull requests"');
    expect(said).not.toContain('pull_requests: write');
  });

  it('is the permission on workflows where the default branch changed one', async () => {
    const words =
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/a.yml` without `workflows` permission';

    expect(await saidOf(403, words, '/repos/o/r/git/refs/heads/x', 'PATCH')).toContain('workflows: write');
    expect(await saidOf(422, words, '/repos/o/r/git/refs/heads/x', 'PATCH')).toContain('workflows: write');
    const bare = await saidOf(403, 'Resource not accessible', '/repos/o/r/git/refs/heads/x', 'PATCH');
    expect(bare).toMatch(/the permission contents: write; .* takes workflows: write$/);
  });

  it('is to turn on issues, or to do without the dashboard', async () => {
    expect(await saidOf(410, 'Issues has been disabled in this repository.', '/repos/o/r/issues')).toContain(
      'turn on Issues',
    );
    expect(await saidOf(410, 'Issues are disabled for this repo', '/repos/o/r/issues')).toContain(
      'github.dashboard',
    );
  });

  it('is otherwise the permission of the route', async () => {
    expect(await saidOf(403, 'Resource not accessible by integration')).toContain('pull_requests: write');
  });
});
