// Which permission of an app or token an operation at GitHub needs, so that a refusal can name what is missing.

/** The first that matches counts. `write` is needed for everything but GET. */
const BY_PATH: readonly (readonly [pattern: RegExp, permission: string])[] = [
  [/^\/repos\/[^/]+\/[^/]+\/actions\/(organization-)?secrets(\/|$)/, 'secrets'],
  [/^\/repos\/[^/]+\/[^/]+\/(actions\/permissions\/|branches\/.+\/protection$)/, 'administration'],
  [/^\/repos\/[^/]+\/[^/]+\/environments(\/|$)/, 'actions'],
  [
    /^\/repos\/[^/]+\/[^/]+\/(git|contents|branches|commits(\/[^/]+)?$|compare|dispatches)(\/|$)?/,
    'contents',
  ],
  [/\/check-(runs|suites)(\/|$)/, 'checks'],
  [/\/pulls(\/|$)/, 'pull_requests'],
  [/\/issues(\/|$)/, 'issues'],
  [/\/actions\//, 'actions'],
  [/^\/graphql$/, 'issues'],
];

/**
 * Returns the permission as GitHub lists it, `contents: write`.
 *
 * @param path - below the address of the API, `/repos/o/r/pulls`.
 */
export function permissionFor(method: string, path: string): string {
  const found = BY_PATH.find(([pattern]) => pattern.test(path));
  if (found === undefined) return 'metadata: read';
  const [, permission] = found;
  return `${permission}: ${method === 'GET' || method === 'HEAD' ? 'read' : 'write'}`;
}
