// Remembers what git said about commits: they never change, so neither does the answer.

import type { GitRepository } from './git-objects.ts';

/** Returns a memory of answers by key, one for each repository and shared with its forks. */
export function createMemo<T>(): (repository: GitRepository, key: string, ask: () => T) => T {
  const memories = new WeakMap<GitRepository['cache'], Map<string, { readonly answer: T }>>();
  return ({ cache }, key, ask) => {
    const memory = memories.get(cache) ?? new Map<string, { readonly answer: T }>();
    memories.set(cache, memory);
    const known = memory.get(key);
    if (known !== undefined) return known.answer;
    const answer = ask();
    memory.set(key, { answer });
    return answer;
  };
}
