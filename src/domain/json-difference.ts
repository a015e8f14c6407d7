// Where two JSON values differ: the leaves, by path, so that a person is shown the first one and not two files.

/** A leaf that differs. `undefined` stands for one that is not there. */
interface LeafDifference {
  /** `cells.TREND.n`, list positions as numbers; empty for the whole value. */
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Returns the leaves of two JSON values that differ, in the order of `left`, then what only `right` has; none where they are equal. */
export function jsonDifferences(left: unknown, right: unknown, path = ''): LeafDifference[] {
  if (Object.is(left, right)) return [];
  if (!isTree(left) || !isTree(right) || Array.isArray(left) !== Array.isArray(right))
    return [{ path, left, right }];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) =>
    jsonDifferences(own(left, key), own(right, key), path === '' ? key : `${path}.${key}`),
  );
}

/** Returns the leaves of a JSON value by path. An empty list or object is a leaf. */
export function jsonLeaves(value: unknown, path = ''): readonly (readonly [path: string, leaf: unknown])[] {
  if (!isTree(value) || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) =>
    jsonLeaves(child, path === '' ? key : `${path}.${key}`),
  );
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function own(tree: object, key: string): unknown {
  return Object.hasOwn(tree, key) ? Reflect.get(tree, key) : undefined;
}
