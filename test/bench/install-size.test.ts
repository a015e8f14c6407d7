// What an installation weighs, of a folder whose files are counted by hand.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installSizeOf } from '../../bench/install-size.ts';

const MIB = 1024 ** 2;

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'warden-install-size-'));
  put('package.json', JSON.stringify({ dependencies: { wide: '1.0.0', '@scope/tall': '1.0.0' } }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe('the weight of an installation', () => {
  it('counts every file once, and what is inside another package as a package of its own', () => {
    put('node_modules/wide/dist/a.js', Buffer.alloc(2 * MIB));
    put('node_modules/wide/b.js', Buffer.alloc(MIB));
    put('node_modules/wide/node_modules/@scope/tall/c.js', Buffer.alloc(5 * MIB));
    put('node_modules/@scope/tall/d.js', Buffer.alloc(4 * MIB));
    const inside = ['wide', '@scope/tall', 'wide/node_modules/@scope/tall'];
    const folders = inside.map((path) => join(root, 'node_modules', path));

    expect(installSizeOf(root, [root, ...folders])).toEqual({
      packages: 3,
      direct: 2,
      transitive: 1,
      mib: 12,
      largest: [
        { name: '@scope/tall', mib: 5 },
        { name: '@scope/tall', mib: 4 },
        { name: 'wide', mib: 3 },
      ],
    });
  });

  it('names the ten largest', () => {
    const folders = Array.from({ length: 12 }, (_, at) => {
      put(`node_modules/p${at}/a.js`, Buffer.alloc(at * MIB));
      return join(root, 'node_modules', `p${at}`);
    });

    const { largest, packages } = installSizeOf(root, folders);
    expect(packages).toBe(12);
    expect(largest.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, at) => `p${11 - at}`));
  });
});
