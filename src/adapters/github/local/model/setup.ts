// How a repository of the local GitHub is set up where nobody has chosen anything yet.

import type { RepositorySetup } from '../entities.ts';

/** Returns the set-up of a new repository: no secrets, rules or environments, and workflows may open no pull requests. */
export function newSetup(): RepositorySetup {
  return {
    secrets: new Set(),
    lentSecrets: new Set(),
    rules: [],
    protection: new Map(),
    environments: new Map(),
    mayActionsOpenPulls: false,
  };
}
