// Who owns a file by CODEOWNERS, as GitHub reads it: the last pattern that matches decides, also where it names nobody.

/** Where GitHub looks for the file, first found first. */
export const CODEOWNERS_FILES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

const OWNER = /^@([A-Za-z0-9][A-Za-z0-9-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)?)$/;

/** Returns the owners of `path` as `login` or `org/team`, in their order; owners named by e-mail cannot be asked and are left out. */
export function ownersOf(codeowners: string, path: string): readonly string[] {
  const names = path.split('/');
  const lines = codeowners.split(/\r?\n/).map(wordsOf);
  const deciding = lines.findLast(([pattern]) => pattern !== undefined && isMatch(pattern, names));
  const owners = (deciding ?? []).slice(1).flatMap((word) => OWNER.exec(word)?.[1] ?? []);
  return [...new Set(owners)];
}

/** The pattern, then the owners. Spaces of a pattern are written `\ `. */
function wordsOf(line: string): string[] {
  const words = line.trim().match(/(?:\\.|\S)+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment === -1 ? words : words.slice(0, comment);
}

function isMatch(pattern: string, names: readonly string[]): boolean {
  const bare = pattern.replaceAll(/\\(.)/g, '$1');
  const isFolder = bare.endsWith('/');
  const parts = bare.split('/').filter((part) => part !== '');
  // A slash before the end ties a pattern to the root.
  const isTied = bare.replace(/\/$/, '').includes('/');
  const starts = isTied ? [0] : names.map((_, index) => index);
  return starts.some((start) => {
    const rest = names.slice(start);
    const isWhole = !isFolder && isSame(parts, rest);
    // `docs/*` means the files in it, and not those deeper.
    const isAbove = parts.at(-1) !== '*' || parts.length === 1;
    return isWhole || (isAbove && rest.some((_, end) => end > 0 && isSame(parts, rest.slice(0, end))));
  });
}

function isSame(parts: readonly string[], names: readonly string[]): boolean {
  const [part, ...others] = parts;
  if (part === undefined) return names.length === 0;
  if (part === '**')
    return names.some((_, index) => isSame(others, names.slice(index))) || others.length === 0;
  const [name, ...below] = names;
  return name !== undefined && wildcard(part).test(name) && isSame(others, below);
}

function wildcard(part: string): RegExp {
  const pieces = part.split(/(\*+|\?)/).map((piece) => {
    if (piece.startsWith('*')) return '.*';
    return piece === '?' ? '.' : piece.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${pieces.join('')}$`, 'su');
}
