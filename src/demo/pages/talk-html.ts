// The talk of a pull request or an issue: comments in their boxes, labels, and the lines between them that say what happened.

import type { Html } from '../../site/html.ts';
import { oneLine, xmlText } from '../../supervision/outside-text.ts';
import { githubMarkdown } from './github-markdown.ts';
import { authorHtml, avatarHtml, timeHtml } from './page-frame.ts';
import { type IconName, icon } from './page-icons.ts';
import type { ResolveLink } from './safe-html.ts';

/** What somebody wrote; the body is Markdown. */
export interface Said {
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly body: string;
}

/** Returns a comment in its box. */
export function commentHtml({ author, at, body }: Said, resolveLink: ResolveLink): Html {
  return [
    `<article class="comment" aria-label="Comment of ${xmlText(oneLine(author))}, ${xmlText(at)}">`,
    avatarHtml(author),
    '<div class="bubble">',
    `<header>${authorHtml(author)} commented ${timeHtml(at)}</header>`,
    `<div class="markdown">\n${githubMarkdown(body, resolveLink)}\n</div>`,
    '</div>',
    '</article>',
  ].join('\n');
}

/** Returns the line of something that happened. `words` is HTML. */
export function eventHtml(drawing: IconName, { author, at }: Omit<Said, 'body'>, words: Html): Html {
  return `<p class="event ${drawing}"><span class="mark">${icon(drawing)}</span> <span>${authorHtml(author)} ${words} ${timeHtml(at)}</span></p>`;
}

/** Returns a label in its colour, six hexadecimal digits, with words that can be read on it. */
export function labelHtml({ name, color }: { readonly name: string; readonly color: string }): Html {
  const hex = /^[0-9a-f]{6}$/i.test(color) ? color.toLowerCase() : 'ededed';
  const ink = luminance(hex) > CONTRAST_TURNS ? '#000000' : '#ffffff';
  return `<li class="label" style="background:#${hex};color:${ink}">${xmlText(oneLine(name))}</li>`;
}

/** Where black and white can be read equally well, by the rule of WCAG. */
const CONTRAST_TURNS = 0.179;

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
