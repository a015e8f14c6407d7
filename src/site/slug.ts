// The addresses of pages: a name that somebody else chose as the name of a file that every machine takes.

import { sha256Hex } from '../domain/canonical.ts';

const PLAIN = /^[a-z0-9][a-z0-9_-]{0,59}$/;
/** A plain name must not look like one with a digest. */
const DIGESTED = /-[0-9a-f]{16}$/;
/** Windows knows these as devices, whatever ends them. */
const DEVICE = /^(?:con|prn|aux|nul|(?:com|lpt)\d)$/;
/** A folder is shown by the page of this name. */
const FOLDER_PAGE = 'index';
const WORDS_MAX = 40;
const DIGEST_CHARS = 16;

/**
 * Returns the name of a page for each name, in lower-case letters, digits, `_` and `-`. A plain name stays as it is; any other keeps
 * what is plain of it and gets a digest, so that no two names share a page, not even where case does not count.
 */
export function slugsOf(names: Iterable<string>): ReadonlyMap<string, string> {
  const slugs = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of [...new Set(names)].sort()) {
    const short = slugOf(name);
    const slug = taken.has(short) ? `${short}-${sha256Hex(name)}` : short;
    taken.add(slug);
    slugs.set(name, slug);
  }
  return slugs;
}

function slugOf(name: string): string {
  if (PLAIN.test(name) && !DIGESTED.test(name) && !DEVICE.test(name) && name !== FOLDER_PAGE) return name;
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, WORDS_MAX);
  return `${words === '' ? 'x' : words}-${sha256Hex(name).slice(0, DIGEST_CHARS)}`;
}
