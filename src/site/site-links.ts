// Where the pages of classes and agents are, and links to them from any page.

import { htmlName } from '../supervision/markdown.ts';
import type { Html } from './html.ts';
import { slugsOf } from './slug.ts';

export interface SiteLinks {
  /** Name → path below the folder of the site, without its ending. */
  readonly classes: ReadonlyMap<string, string>;
  readonly agents: ReadonlyMap<string, string>;
}

/** Returns where the page of each name is. */
export function siteLinks(classes: Iterable<string>, agents: Iterable<string>): SiteLinks {
  const below = (folder: string, names: Iterable<string>) =>
    new Map([...slugsOf(names)].map(([name, slug]) => [name, `${folder}/${slug}`]));
  return { classes: below('classes', classes), agents: below('agents', agents) };
}

/**
 * Returns the name as a link to its page, or as it is where it has none.
 *
 * @param up `''` on a page of the folder of the site, `'../'` one folder below.
 */
export function nameLink(pages: ReadonlyMap<string, string>, name: string, up: '' | '../'): Html {
  const path = pages.get(name);
  return path === undefined ? htmlName(name) : `<a href="${up}${path}.html">${htmlName(name)}</a>`;
}
