// HTML that came of Markdown of others, made anew from the elements and attributes that pages show; whatever else it holds becomes text.

import type { Html } from '../../site/html.ts';
import { xmlText } from '../../supervision/outside-text.ts';

/** Returns where a link of a page leads, or `null` where it leads nowhere and is only words. */
export type ResolveLink = (url: string) => string | null;

/** Attributes by name, with what each may be. */
type Attributes = Readonly<Record<string, RegExp>>;

const SIDE: Attributes = { align: /^(left|right|center)$/ };

/** What Warden's own Markdown writes as HTML. */
const WRITTEN: Readonly<Record<string, Attributes>> = {
  br: {},
  code: {},
  details: {},
  span: {},
  sub: {},
  summary: {},
  sup: {},
};

/** What Markdown becomes. */
const RENDERED: Readonly<Record<string, Attributes>> = {
  ...WRITTEN,
  a: { href: /./ },
  blockquote: { class: /^alert alert-[a-z]+$/ },
  code: { class: /^language-[\w+-]+$/ },
  del: {},
  div: { class: /^scroll$/, role: /^group$/, tabindex: /^0$/, 'aria-label': /^[A-Za-z ]+$/ },
  em: {},
  figure: { class: /^chart$/ },
  h1: {},
  h2: {},
  h3: {},
  h4: {},
  h5: {},
  h6: {},
  hr: {},
  input: { type: /^checkbox$/, disabled: /^$/, checked: /^$/, 'aria-label': /^[A-Za-z ]+$/ },
  li: {},
  ol: { start: /^\d{1,9}$/ },
  p: { class: /^alert-title$/ },
  pre: { tabindex: /^0$/ },
  strong: {},
  table: {},
  tbody: {},
  td: SIDE,
  th: SIDE,
  thead: {},
  tr: {},
  ul: {},
};

/** Elements without an end. */
const VOID = ['br', 'hr', 'input'];

/** A comment, or a tag with its name and attributes. What is neither is text. */
const TAG =
  /<!--[\s\S]*?-->|<(?<end>\/?)(?<name>[a-z][a-z0-9]*)(?<attributes>(?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi;

/**
 * Returns raw HTML of a Markdown text with nothing but the tags that Warden itself writes, without their attributes. Comments are gone, as
 * they are where GitHub shows them; every other tag is text.
 */
export function writtenHtml(html: string): Html {
  return eachTag(html, (tag) => {
    if (tag.name === null) return '';
    return Object.hasOwn(WRITTEN, tag.name) ? `<${tag.isEnd ? '/' : ''}${tag.name}>` : textHtml(tag.raw);
  });
}

/** Returns rendered Markdown as HTML that can stand in a page: known elements only, each of them closed, links that lead where they may. */
export function safeHtml(html: string, resolveLink: ResolveLink): Html {
  const open: string[] = [];
  const body = eachTag(html, (tag) => {
    if (tag.name === null) return '';
    const allowed = Object.hasOwn(RENDERED, tag.name) ? RENDERED[tag.name] : undefined;
    if (allowed === undefined) return textHtml(tag.raw);
    if (tag.isEnd) return closed(open, tag.name);
    const attributes = tag.name === 'a' ? linkAttributes(tag, resolveLink) : attributesOf(tag, allowed);
    // A link that leads nowhere stays an element, so that its end is not that of another.
    if (!VOID.includes(tag.name)) open.push(tag.name);
    return `<${tag.name}${attributes}>`;
  });
  return `${body}${open
    .reverse()
    .map((name) => `</${name}>`)
    .join('')}`;
}

/** Returns lines of a text as they are, for an element that keeps line ends. */
export function linesHtml(text: string): Html {
  return text
    .split(/\r\n|[\r\n]/)
    .map((line) => xmlText(line.replaceAll('\t', '  ')))
    .join('\n');
}

/** Closes an element with everything that is still open in it; an end without a beginning is nothing. */
function closed(open: string[], name: string): Html {
  const at = open.lastIndexOf(name);
  if (at < 0) return '';
  return open
    .splice(at)
    .reverse()
    .map((each) => `</${each}>`)
    .join('');
}

interface Tag {
  readonly raw: string;
  /** In lower case; `null`: a comment. */
  readonly name: string | null;
  readonly isEnd: boolean;
  readonly attributes: string;
}

function eachTag(html: string, shown: (tag: Tag) => Html): Html {
  let [made, at] = ['', 0];
  for (const match of html.matchAll(TAG)) {
    const { end, name, attributes } = match.groups ?? {};
    const tag = {
      ...{ raw: match[0], name: name?.toLowerCase() ?? null },
      ...{ isEnd: end === '/', attributes: attributes ?? '' },
    };
    made += textHtml(html.slice(at, match.index)) + shown(tag);
    at = match.index + match[0].length;
  }
  return made + textHtml(html.slice(at));
}

/** Text between tags, whose entities stay what they are. */
function textHtml(text: string): Html {
  return text
    .replaceAll(/&(?!(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});)/gi, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function attributesOf({ attributes }: Tag, allowed: Attributes): string {
  return valuesOf(attributes)
    .filter(([name, value]) => allowed[name]?.test(value) === true)
    .map(([name, value]) => (value === '' ? ` ${name}` : ` ${name}="${value}"`))
    .join('');
}

function valuesOf(attributes: string): readonly (readonly [name: string, value: string])[] {
  return [...attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)].map(([, name = '', value = '']) => [
    name.toLowerCase(),
    value,
  ]);
}

/** Web addresses, and paths without a scheme or a host. */
function isAddress(url: string): boolean {
  if (/[\s\p{Cc}\\]/u.test(url)) return false;
  return /^https?:\/\/[^/]/i.test(url) || !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url);
}

function linkAttributes({ attributes }: Tag, resolveLink: ResolveLink): string {
  const [, written = ''] = valuesOf(attributes).find(([name]) => name === 'href') ?? [];
  const url = written.replaceAll('&amp;', '&');
  const resolved = isAddress(url) ? resolveLink(url) : null;
  return resolved === null ? '' : ` href="${xmlText(resolved)}" rel="noreferrer"`;
}
