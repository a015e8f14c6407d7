// Which paths a glob means: `*` and `?` within one folder, `**` over any number of them, and `{a,b}` for one of several.

/** More alternatives than this nobody writes by hand; a glob with more matches nothing. */
const ALTERNATIVES_MAX = 256;

/**
 * Returns whether `path` (relative, forward slashes) is one that `glob` means. A glob that names a folder, `agents/trend/` or
 * `agents/trend`, means all that is below it. Every other sign stands for itself.
 */
export function matchesGlob(glob: string, path: string): boolean {
  const alternatives = expanded(glob.replace(/^\.?\//, ''));
  return alternatives.some((each) => {
    const parts = each.split('/').filter((part) => part !== '');
    return parts.length > 0 && matchesParts([...parts, '**'], path.split('/'));
  });
}

/** Returns the globs that a glob with braces stands for; none where they are too many. Braces without an end are text. */
function expanded(glob: string): readonly string[] {
  const done: string[] = [];
  const open = [glob];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const found = /\{([^{}]*)\}/.exec(next);
    if (found === null) done.push(next);
    else {
      const [before, after] = [next.slice(0, found.index), next.slice(found.index + found[0].length)];
      open.push(...(found[1] ?? '').split(',').map((word) => `${before}${word}${after}`));
    }
    if (done.length + open.length > ALTERNATIVES_MAX) return [];
  }
  return done;
}

/** Table of which beginnings of the path the parts so far can end at: the time is bounded whatever the glob is. */
function matchesParts(parts: readonly string[], names: readonly string[]): boolean {
  let reached = names.map(() => false);
  let atStart = true;
  for (const part of parts) {
    const next: boolean[] = [];
    for (const [index, name] of names.entries()) {
      const before = index === 0 ? atStart : (reached[index - 1] ?? false);
      next.push(
        part === '**'
          ? (reached[index] ?? false) || (next[index - 1] ?? false) || before
          : before && matchesName(part, name),
      );
    }
    reached = next;
    atStart = atStart && part === '**';
  }
  return reached.at(-1) ?? false;
}

/** The same table over the signs of one name. */
function matchesName(pattern: string, name: string): boolean {
  const signs = Array.from(name);
  let reached = [true, ...signs.map(() => false)];
  for (const sign of pattern) {
    const next: boolean[] = [sign === '*' && (reached[0] ?? false)];
    for (const [index, each] of signs.entries()) {
      const before = reached[index] ?? false;
      next.push(
        sign === '*'
          ? (reached[index + 1] ?? false) || (next[index] ?? false) || before
          : before && (sign === '?' || sign === each),
      );
    }
    reached = next;
  }
  return reached.at(-1) ?? false;
}
