// Packages that may be absent: how to install one, and every other failure of an import as it is.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadOptional } from '../../src/adapters/optional-package.ts';

function missing(name: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}' imported from /x.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
}

describe('a package that may be absent', () => {
  it('is handed on where it is there', async () => {
    expect(await loadOptional('hazelcast-client', 'feed.hazelcast', async () => 7)).toEqual({
      ok: true,
      value: 7,
    });
  });

  it('is named with its very version where it is not, as package.json has it', async () => {
    const { peerDependencies } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { readonly peerDependencies: Readonly<Record<string, string>> };

    expect(Object.keys(peerDependencies).sort()).toEqual(['@clickhouse/client', 'hazelcast-client']);
    for (const name of ['@clickhouse/client', 'hazelcast-client'] as const) {
      const answer = await loadOptional(name, 'sinks.x', () => Promise.reject(missing(name)));
      expect(answer).toMatchObject({
        ok: false,
        error: expect.stringContaining(`sinks.x needs the package ${name}@${peerDependencies[name]}, which`),
      });
    }
  });

  it('does not hide that it is broken, or that a package of its own is missing', async () => {
    const broken = new SyntaxError('Unexpected token');

    await expect(loadOptional('hazelcast-client', 'x', () => Promise.reject(broken))).rejects.toBe(broken);
    await expect(
      loadOptional('hazelcast-client', 'x', () => Promise.reject(missing('long'))),
    ).rejects.toThrow("'long'");
  });
});
