// Markdown as a reader sees it: which elements, links, comments and words come of it, so that nothing of others can hide in it.

import { JSDOM } from 'jsdom';
import { marked } from 'marked';

interface Rendered {
  /** Names of the elements, each once, sorted. */
  readonly elements: readonly string[];
  /** Addresses of links and sources of pictures. */
  readonly addresses: readonly string[];
  /** Insides of HTML comments, trimmed. */
  readonly comments: readonly string[];
  /** Words outside of code and links, where GitHub looks for mentions and references. */
  readonly words: string;
}

const { window } = new JSDOM('');

/** Renders GitHub-flavoured Markdown, keeping raw HTML as it is. */
function rendered(markdown: string): Rendered {
  const html = marked.parse(markdown, { gfm: true, async: false });
  const document = new window.DOMParser().parseFromString(`<body>${html}</body>`, 'text/html');
  const elements = [...document.body.querySelectorAll('*')];
  const comments: string[] = [];
  const walker = document.createTreeWalker(document.body, window.NodeFilter.SHOW_COMMENT);
  while (walker.nextNode() !== null) comments.push((walker.currentNode.nodeValue ?? '').trim());
  const addresses = elements.flatMap((each) =>
    ['href', 'src'].flatMap((name) => each.getAttribute(name) ?? []),
  );
  for (const code of document.body.querySelectorAll('a, code, pre')) code.remove();
  return {
    elements: [...new Set(elements.map((each) => each.tagName.toLowerCase()))].sort(),
    addresses,
    comments,
    words: document.body.textContent ?? '',
  };
}

/** What Warden itself writes; everything else would be of others. */
const OWN_ELEMENTS = [
  'a',
  'blockquote',
  'br',
  'code',
  'details',
  'em',
  'h3',
  'h4',
  'hr',
  'input',
  'li',
  'ol',
  'p',
  'pre',
  'span',
  'strong',
  'sub',
  'summary',
  'table',
  'tbody',
  'td',
  'th',
  'thead',
  'tr',
  'ul',
];

/** What Warden means to be in a text. */
interface Own {
  /** With which every address begins. */
  readonly address: string;
  readonly mentions?: readonly string[];
  /** Elements beside those that are in every text. */
  readonly elements?: readonly string[];
  /** How many comments there are, all of them markers; 1 by default. */
  readonly comments?: number;
}

/**
 * Returns what is in a Markdown text that Warden did not mean: elements, links elsewhere, comments, mentions, references. Empty
 * where the text is harmless.
 */
export function foreignParts(markdown: string, own: Own): string[] {
  const { elements, addresses, comments, words } = rendered(markdown);
  const mentions = (words.match(/@[\w/-]+/g) ?? []).filter((each) => !(own.mentions ?? []).includes(each));
  const expected = own.comments ?? 1;
  return [
    ...(comments.length === expected ? [] : [`${comments.length} comments, not ${expected}`]),
    ...elements
      .filter((each) => ![...OWN_ELEMENTS, ...(own.elements ?? [])].includes(each))
      .map((each) => `element ${each}`),
    ...addresses.filter((each) => !each.startsWith(own.address)).map((each) => `address ${each}`),
    ...comments.filter((each) => !/^warden:[a-z-]+ \{.*\}$/s.test(each)).map((each) => `comment ${each}`),
    ...mentions.map((each) => `mention ${each}`),
    ...(words.match(/#\d+|\bGH-\d+|:\/\/|\bwww\./gi) ?? []).map((each) => `reference ${each}`),
    ...(/[\u202a-\u202e\u2066-\u2069]/.test(markdown) ? ['a character that turns the direction'] : []),
  ];
}
