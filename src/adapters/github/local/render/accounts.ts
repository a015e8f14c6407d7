// Accounts, Apps and installations as GitHub's JSON.

import type { App, Installation, Repository, User } from '../entities.ts';
import { secondsIso } from '../git-store.ts';
import { isAtLeast, roleOf, type State, userOf, WEB } from '../state.ts';

/** Returns the opaque id GraphQL uses; the prefix tells the kind. */
export function nodeId(kind: string, id: number | string): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`;
}

/** Returns the id of {@link nodeId} again, or `null` of another kind. */
export function idOfNode(kind: string, node: string): string | null {
  if (!node.startsWith(`${kind}_`)) return null;
  return Buffer.from(node.slice(kind.length + 1), 'base64url').toString();
}

/** Returns a `simple-user`. */
export function userJson(state: State, login: string) {
  return accountJson(state, userOf(state, login));
}

function accountJson(state: State, { id, login, type }: User) {
  const url = `${state.apiUrl}/users/${encodeURIComponent(login)}`;
  const page = type === 'Bot' ? `${WEB}/apps/${login.replace(/\[bot\]$/, '')}` : `${WEB}/${login}`;
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: page,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** Returns the relation of an author to a repository. */
export function associationOf(
  repository: Repository,
  login: string,
): 'OWNER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE' {
  if (login.toLowerCase() === repository.owner.toLowerCase()) return 'OWNER';
  if (repository.roles.has(login.toLowerCase()) && isAtLeast(roleOf(repository, login), 'read'))
    return 'COLLABORATOR';
  const hasMerged = [...repository.issues.values()].some(
    (issue) => issue.login === login && issue.pull?.merged != null,
  );
  return hasMerged ? 'CONTRIBUTOR' : 'NONE';
}

const APP_MADE = '2026-01-01T00:00:00Z';

/** Returns an `integration`. */
export function appJson(state: State, app: App) {
  const owner = app.id === state.app.id ? `${app.slug}-owner` : 'github';
  return {
    id: app.id,
    client_id: `Iv1.${String(app.id).padStart(16, '0')}`,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: userJson(state, owner),
    name: app.name,
    description: '',
    external_url: `${WEB}/apps/${app.slug}`,
    html_url: `${WEB}/apps/${app.slug}`,
    created_at: APP_MADE,
    updated_at: APP_MADE,
    permissions: app.permissions,
    events: app.events,
    installations_count: state.installations.size,
  };
}

/** Returns an `installation`. */
export function installationJson(state: State, installation: Installation) {
  const account = userOf(state, installation.account);
  const url = `${state.apiUrl}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    client_id: `Iv1.${String(state.app.id).padStart(16, '0')}`,
    account: accountJson(state, account),
    repository_selection: 'selected',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${state.apiUrl}/installation/repositories`,
    html_url: `${WEB}/settings/installations/${installation.id}`,
    app_id: state.app.id,
    app_slug: state.app.slug,
    target_id: account.id,
    target_type: account.type === 'Organization' ? 'Organization' : 'User',
    permissions: state.app.permissions,
    events: state.app.events,
    created_at: secondsIso(installation.createdMs),
    updated_at: secondsIso(installation.createdMs),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}
