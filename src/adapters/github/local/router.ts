// Finds the route of a request and what stands in its path for the parameters.

import type { Route } from './request.ts';

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Parameters that may hold slashes, decoded or not. */
const DEEP = ['path', 'ref', 'basehead', 'branch', 'tree_sha'];
/** Parameters that are numbers; other routes begin with a word in the same place. */
const NUMERIC = /_(number|id)$/;

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Returns a function that finds the route of a method and a path as it was sent, still encoded. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => RouteMatch | null {
  // `/commits/{ref}/check-runs` must be tried before `/commits/{ref}`, whose ref may have slashes.
  const compiled = [...routes]
    .sort((a, b) => b.path.split('/').length - a.path.split('/').length)
    .map(compile);
  return (method, path) => {
    for (const { route, pattern, names } of compiled) {
      const found = route.method === method ? pattern.exec(path) : null;
      if (found === null) continue;
      const params = names.map((name, at) => [name, decoded(found[at + 1] ?? '')] as const);
      return { route, params: Object.fromEntries(params) };
    }
    return null;
  };
}

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.path.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return part.replaceAll(/[.*+?^$()[\]|\\]/g, '\\$&');
    names.push(name);
    if (DEEP.includes(name)) return '(.+)';
    return NUMERIC.test(name) && name !== 'workflow_id' ? '(\\d+)' : '([^/]+)';
  });
  return { route, pattern: new RegExp(`^${source.join('')}$`), names };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // A stray percent sign stands for itself.
    if (error instanceof URIError) return text;
    throw error;
  }
}
