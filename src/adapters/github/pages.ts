// Whole lists from an API that answers in pages.

import { assert } from '../../domain/assert.ts';

/** GitHub's own maximum. */
export const PER_PAGE = 100;

/** A hundred thousand items: more than any list Warden reads may have. */
const PAGES_MAX = 1_000;

interface Page<T> {
  readonly data: T;
  readonly headers: { readonly link?: string | undefined };
}

/** Returns every page, in order, until GitHub names no next one. */
export async function allPages<T>(
  page: (number: number) => Promise<Page<T>>,
): Promise<{ readonly data: readonly T[] }> {
  const data: T[] = [];
  for (let number = 1; ; number += 1) {
    assert(number <= PAGES_MAX, `GitHub has more than ${PAGES_MAX} pages of one list`);
    const answer = await page(number);
    data.push(answer.data);
    if (linkOf(answer.headers.link, 'next') === null) return { data };
  }
}

/** Returns the address that a `Link` header gives for `relation`, or `null` where it gives none. */
export function linkOf(header: string | undefined, relation: string): URL | null {
  for (const part of header?.split(',') ?? []) {
    const [, address, found] = /<([^>]+)>;\s*rel="([^"]+)"/.exec(part) ?? [];
    if (address !== undefined && found === relation) return new URL(address);
  }
  return null;
}
