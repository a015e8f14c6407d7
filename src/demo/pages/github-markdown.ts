// Markdown as GitHub shows it in pull requests, issues and comments: tables, boxes, parts that unfold, warnings and charts.

import { Marked, Renderer, type Tokens } from 'marked';
import type { Html } from '../../site/html.ts';
import { xmlText } from '../../supervision/outside-text.ts';
import { linesHtml, type ResolveLink, safeHtml, writtenHtml } from './safe-html.ts';

/** `> [!WARNING]` as the first line of a quote. */
const ALERT = /^<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?:<br>|\s)*/;

/** The one kind of chart that Warden writes: it holds no HTML and no links, unlike others that the library draws. */
const OWN_CHART = /^(?:---\n(?:(?!---\n).*\n)*---\n)?xychart(?:-beta)?\b/;

/** What differs from plain Markdown. What scrolls sideways can be reached by keyboard. */
class PageRenderer extends Renderer {
  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return writtenHtml(text);
  }

  override table(token: Tokens.Table): string {
    return `<div class="scroll" role="group" tabindex="0" aria-label="Table">${super.table(token)}</div>\n`;
  }

  /** A chart is drawn by the script of the page; its source is there for whoever has no script. */
  override code({ text, lang = '' }: Tokens.Code): string {
    const [language = ''] = /^[\w+-]*/.exec(lang) ?? [];
    const className = language === '' ? '' : ` class="language-${language}"`;
    const block = `<pre tabindex="0"><code${className}>${linesHtml(text)}\n</code></pre>\n`;
    if (language !== 'mermaid' || !OWN_CHART.test(text)) return block;
    return `<figure class="chart"><details><summary>Source of the chart</summary>${block}</details></figure>\n`;
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    const state = checked ? 'checked="" ' : '';
    return `<input ${state}disabled="" type="checkbox" aria-label="${checked ? 'Ticked' : 'Not ticked'}">`;
  }

  override blockquote({ tokens }: Tokens.Blockquote): string {
    const body = this.parser.parse(tokens);
    const kind = ALERT.exec(body)?.[1];
    if (kind === undefined) return `<blockquote>\n${body}</blockquote>\n`;
    const title = `${kind.charAt(0)}${kind.slice(1).toLowerCase()}`;
    return `<blockquote class="alert alert-${kind.toLowerCase()}">\n<p class="alert-title">${title}</p>\n${body.replace(ALERT, '<p>')}</blockquote>\n`;
  }

  /** A picture would have to be fetched from elsewhere, so that it is a link to it. */
  override image({ href, text }: Tokens.Image): string {
    return `<a href="${xmlText(href)}">${xmlText(text === '' ? 'picture' : text)}</a>`;
  }

  /** Titles are left out: they are seen with a mouse only. */
  override link({ href, tokens }: Tokens.Link): string {
    return `<a href="${xmlText(href)}">${this.parser.parseInline(tokens)}</a>`;
  }
}

/** A line end is one in a talk, unlike in a file. */
const marked = new Marked().setOptions({ gfm: true, breaks: true, renderer: new PageRenderer() });

/**
 * Returns a text of GitHub as HTML: nothing in it runs, and no element is of others. Mentions and references are words.
 *
 * @param resolveLink says where each web address or path leads.
 */
export function githubMarkdown(markdown: string, resolveLink: ResolveLink): Html {
  return safeHtml(marked.parse(markdown, { async: false }), resolveLink);
}
