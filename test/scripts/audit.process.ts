// The audit in CI, by the npm that is here, at a registry on loopback: what fails it, what it names, and that silence is no clean bill.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Loopback, loopback, type Reply } from '../adapters/prices/loopback.ts';
import { type Ended, runProgram } from '../workflows/runner/processes.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/audit.mjs', import.meta.url));
const ADVISORIES = '/-/npm/v1/security/advisories/bulk';

let folder = '';
let registry: Loopback;
let advisories: Reply;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'warden-audit-'));
  lock();
  registry = await loopback(({ path }) => (path === ADVISORIES ? advisories : packument(path.slice(1))));
});
afterEach(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A program that needs `tall`, which needs `wide`, and is developed with `tool`. */
function lock(): void {
  const root = { name: 'desk', version: '1.0.0', dependencies: { tall: '1.0.0' } };
  const manifest = { ...root, devDependencies: { tool: '1.0.0' } };
  const packages = {
    '': manifest,
    'node_modules/tall': { version: '1.0.0', dependencies: { wide: '1.0.0' } },
    'node_modules/tool': { version: '1.0.0', dev: true },
    'node_modules/wide': { version: '1.0.0' },
  };
  put('package.json', manifest);
  put('package-lock.json', { name: 'desk', version: '1.0.0', lockfileVersion: 3, packages });
}

function put(path: string, content: unknown): void {
  writeFileSync(join(folder, path), JSON.stringify(content));
}

/** npm asks for all versions of what carries a faulty package. */
function packument(name: string): Reply {
  const version = { name, version: '1.0.0', dependencies: name === 'tall' ? { wide: '1.0.0' } : {} };
  return { body: { name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } } };
}

function advisory(severity: string, title = 'reads what it should not') {
  const url = `https://example.org/${severity}`;
  const range = { vulnerable_versions: '<2.0.0', cwe: [], cvss: { score: 0, vectorString: null } };
  return { id: severity.length, url, title, severity, ...range };
}

function audit(env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runProgram(process.execPath, [SCRIPT], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      npm_config_cache: join(folder, 'cache'),
      npm_config_registry: `${registry.origin}/`,
      npm_config_fetch_retries: '0',
      npm_config_update_notifier: 'false',
      ...env,
    },
  });
}

describe('the audit', () => {
  it('passes where the registry knows of no fault', async () => {
    advisories = { body: {} };
    const { code, out } = await audit();

    expect(out).toBe('packages with known faults: 0 critical, 0 high, 0 moderate, 0 low, 0 info\n');
    expect(code).toBe(0);
    expect(registry.asked.map(({ path }) => path)).toEqual([ADVISORIES]);
  });

  it.each(['high', 'critical'])('fails for a %s fault of what another package brings', async (severity) => {
    advisories = { body: { wide: [advisory(severity)] } };
    const { code, out } = await audit();

    expect(out).toContain(
      `error: ${severity}: wide <2.0.0: reads what it should not, https://example.org/${severity}\n`,
    );
    expect(out.match(/^error/gm)).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('names what is less than high, the worst first, and passes', async () => {
    advisories = { body: { wide: [advisory('low')], tall: [advisory('moderate')] } };
    const { code, out } = await audit();

    expect(out.match(/^warning: \w+: \w+/gm)).toEqual(['warning: moderate: tall', 'warning: low: wide']);
    expect(code).toBe(0);
  });

  it('passes over faults of what only development needs', async () => {
    advisories = { body: { tool: [advisory('critical')] } };

    expect(await audit()).toMatchObject({ code: 0 });
  });

  it('writes one command of GitHub Actions for a title that would end it and begin another', async () => {
    const title = 'a%0A\n::set-env name=X::y\u001b[31m';
    advisories = { body: { wide: [advisory('high', title)] } };
    const { out } = await audit({ GITHUB_ACTIONS: 'true' });

    expect(out.split('\n')[0]).toBe(
      '::error::high: wide <2.0.0: a%250A ::set-env name=X::y [31m, https://example.org/high',
    );
    expect(out.match(/^::/gm)).toHaveLength(1);
  });

  it.each([404, 405, 500])(
    'warns that nothing was looked up where the registry answers %i',
    async (status) => {
      advisories = { status, body: {} };
      const { code, out } = await audit({ GITHUB_ACTIONS: 'true' });

      expect(out).toMatch(/^::warning::the registry tells no known faults, so none were looked up: /);
      expect(out).toContain(String(status));
      expect(code).toBe(0);
    },
  );

  it('asks even where npm was told to stay offline', async () => {
    advisories = { body: { wide: [advisory('high')] } };

    expect(await audit({ npm_config_offline: 'true' })).toMatchObject({ code: 1 });
  });

  it('fails where there is nothing to ask about', async () => {
    rmSync(join(folder, 'package-lock.json'));
    advisories = { body: {} };
    const { code, out } = await audit();

    expect(out).toBe('error: npm audit did not run: This command requires an existing lockfile.\n');
    expect(code).toBe(1);
  });
});
