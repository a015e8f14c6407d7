// Charts as GitHub's parser of Mermaid reads them: the library needs a document when it is loaded, and no longer.

import { JSDOM } from 'jsdom';

/** What a parser found: the kind of the diagram and the configuration it carries. */
export interface ParsedDiagram {
  readonly diagramType: string;
  readonly config: Readonly<Record<string, unknown>>;
}

let loaded: Promise<(text: string) => Promise<unknown>> | undefined;

async function load(): Promise<(text: string) => Promise<unknown>> {
  const { window } = new JSDOM('<!doctype html><body></body>');
  const before = { window: Reflect.get(globalThis, 'window'), document: Reflect.get(globalThis, 'document') };
  Object.assign(globalThis, { window, document: window.document });
  const { default: mermaid } = await import('mermaid');
  mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
  // The first parse loads the grammar of the diagram.
  await mermaid.parse('xychart-beta\n  line [1]');
  Object.assign(globalThis, before);
  return async (text) => await mermaid.parse(text);
}

/** Parses the inside of a fence; rejects with the parser's own words where it is no diagram. */
export async function parseMermaid(text: string): Promise<ParsedDiagram> {
  loaded ??= load();
  const parse = await loaded;
  return (await parse(text)) as ParsedDiagram;
}

/** Returns the insides of every Mermaid fence of a Markdown text. */
export function mermaidFences(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
}
