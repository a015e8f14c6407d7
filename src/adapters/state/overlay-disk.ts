// A Disk whose writes stay in memory over a base that is never written: a dry run reads its own writes and leaves no trace.

import { assert } from '../../domain/assert.ts';
import type { Disk } from '../../ports.ts';
import { assertStatePath, isHidden } from './state-path.ts';

/** A file that was written to: the first `baseBytes` bytes of the base's file, then `rest`. */
interface Layer {
  readonly baseBytes: number;
  readonly rest: Buffer;
}

const EMPTY = Buffer.alloc(0);

/** A file whose bytes are other ones above than below. */
export interface ChangedFile {
  readonly path: string;
  /** `null`: there is no such file below. */
  readonly bytesBefore: number | null;
  /** `null`: it was removed. */
  readonly bytesAfter: number | null;
}

export interface OverlayDisk extends Disk {
  /** What a real run would have changed, by path; hidden files are no state, and not among them. */
  changes(): readonly ChangedFile[];
}

/** Returns a view of `base` that keeps every write to itself. Appends to large files cost only what is appended. */
export function overlayDisk(base: Disk): OverlayDisk {
  /** `null` stands for a file that was removed. */
  const layers = new Map<string, Layer | null>();

  function layerOf(path: string): Layer | null {
    assertStatePath(path);
    const layer = layers.get(path);
    if (layer !== undefined) return layer;
    const bytes = base.size(path);
    return bytes === null ? null : { baseBytes: bytes, rest: EMPTY };
  }

  function readRange(path: string, from: number, to: number): Buffer {
    const layer = layerOf(path);
    assert(layer !== null, `${path} does not exist; a range can be read of an existing file only`);
    const { baseBytes, rest } = layer;
    const below = from < baseBytes ? base.readRange(path, from, Math.min(to, baseBytes)) : EMPTY;
    const above = rest.subarray(Math.max(0, from - baseBytes), Math.max(0, to - baseBytes));
    return below.length === 0 ? above : above.length === 0 ? below : Buffer.concat([below, above]);
  }

  function size(path: string): number | null {
    const layer = layerOf(path);
    return layer === null ? null : layer.baseBytes + layer.rest.length;
  }

  function read(path: string): Buffer | null {
    const bytes = size(path);
    return bytes === null ? null : readRange(path, 0, bytes);
  }

  function isChanged(path: string): boolean {
    const [before, after] = [base.size(path), size(path)];
    if (before !== after || before === null) return before !== after;
    return base.read(path)?.equals(read(path) ?? EMPTY) !== true;
  }

  return {
    size,
    readRange,
    read,
    changes: () =>
      [...layers.keys()]
        .filter((path) => !isHidden(path) && isChanged(path))
        .sort()
        .map((path) => ({ path, bytesBefore: base.size(path), bytesAfter: size(path) })),
    list: (folder) => [...namesIn(folder, base, layers)].filter((name) => !isHidden(name)).sort(),
    append: (path, text) => {
      const layer = layerOf(path) ?? { baseBytes: 0, rest: EMPTY };
      layers.set(path, { ...layer, rest: Buffer.concat([layer.rest, Buffer.from(text)]) });
    },
    replace: (path, content) => {
      assertStatePath(path);
      const rest = typeof content === 'string' ? Buffer.from(content) : content;
      layers.set(path, { baseBytes: 0, rest });
    },
    truncate: (path, bytes) => {
      const layer = layerOf(path);
      assert(layer !== null, `${path} does not exist; only an existing file can be cut`);
      const baseBytes = Math.min(layer.baseBytes, bytes);
      layers.set(path, { baseBytes, rest: layer.rest.subarray(0, Math.max(0, bytes - layer.baseBytes)) });
    },
    createExclusive: (path, text) => {
      if (layerOf(path) !== null) return false;
      layers.set(path, { baseBytes: 0, rest: Buffer.from(text) });
      return true;
    },
    remove: (path) => {
      assertStatePath(path);
      layers.set(path, null);
    },
  };
}

function namesIn(folder: string, base: Disk, layers: ReadonlyMap<string, Layer | null>): Set<string> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const names = new Set(base.list(folder));
  for (const [path, layer] of layers) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...below] = path.slice(prefix.length).split('/');
    if (layer !== null) names.add(name);
    else if (below.length === 0) names.delete(name);
  }
  return names;
}
