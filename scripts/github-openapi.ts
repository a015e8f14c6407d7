// Takes what the tests need out of GitHub's own API description, so that every exchange and webhook can be checked against it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Its webhooks are the same as, and newer than, those of the package `@octokit/openapi-webhooks`. */
const PACKAGE = '@octokit/openapi@23.0.2';
const DESCRIPTION = 'package/generated/api.github.com.json';
const FOLDER = fileURLToPath(new URL('../test/fixtures/github', import.meta.url));

const REPO = '/repos/{owner}/{repo}';

/** Every REST request that the product or its tests make. */
const OPERATIONS: readonly string[] = [
  'GET /app',
  'GET /app/installations',
  'GET /app/installations/{installation_id}',
  'POST /app/installations/{installation_id}/access_tokens',
  'GET /app/hook/config',
  'GET /app/hook/deliveries',
  'GET /app/hook/deliveries/{delivery_id}',
  'POST /app/hook/deliveries/{delivery_id}/attempts',
  'GET /installation/repositories',
  'GET /rate_limit',
  'GET /user',
  'GET /users/{username}',
  `GET ${REPO}`,
  `GET ${REPO}/installation`,
  `GET ${REPO}/branches/{branch}`,
  `GET ${REPO}/branches/{branch}/protection`,
  `GET ${REPO}/commits`,
  `GET ${REPO}/commits/{ref}`,
  `GET ${REPO}/commits/{ref}/check-runs`,
  `GET ${REPO}/commits/{ref}/check-suites`,
  `GET ${REPO}/compare/{basehead}`,
  `GET ${REPO}/contents/{path}`,
  `PUT ${REPO}/contents/{path}`,
  `DELETE ${REPO}/contents/{path}`,
  `GET ${REPO}/environments`,
  `GET ${REPO}/rules/branches/{branch}`,
  `GET ${REPO}/git/ref/{ref}`,
  `GET ${REPO}/git/matching-refs/{ref}`,
  `POST ${REPO}/git/refs`,
  `PATCH ${REPO}/git/refs/{ref}`,
  `DELETE ${REPO}/git/refs/{ref}`,
  `GET ${REPO}/git/commits/{commit_sha}`,
  `POST ${REPO}/git/commits`,
  `GET ${REPO}/git/trees/{tree_sha}`,
  `POST ${REPO}/git/trees`,
  `GET ${REPO}/git/blobs/{file_sha}`,
  `POST ${REPO}/git/blobs`,
  `GET ${REPO}/collaborators/{username}/permission`,
  `GET ${REPO}/pulls`,
  `POST ${REPO}/pulls`,
  `GET ${REPO}/pulls/{pull_number}`,
  `PATCH ${REPO}/pulls/{pull_number}`,
  `GET ${REPO}/pulls/{pull_number}/files`,
  `GET ${REPO}/pulls/{pull_number}/commits`,
  `GET ${REPO}/pulls/{pull_number}/merge`,
  `PUT ${REPO}/pulls/{pull_number}/merge`,
  `GET ${REPO}/pulls/{pull_number}/requested_reviewers`,
  `POST ${REPO}/pulls/{pull_number}/requested_reviewers`,
  `DELETE ${REPO}/pulls/{pull_number}/requested_reviewers`,
  `GET ${REPO}/pulls/{pull_number}/reviews`,
  `POST ${REPO}/pulls/{pull_number}/reviews`,
  `GET ${REPO}/issues`,
  `POST ${REPO}/issues`,
  `GET ${REPO}/issues/{issue_number}`,
  `PATCH ${REPO}/issues/{issue_number}`,
  `GET ${REPO}/issues/{issue_number}/comments`,
  `POST ${REPO}/issues/{issue_number}/comments`,
  `GET ${REPO}/issues/comments/{comment_id}`,
  `PATCH ${REPO}/issues/comments/{comment_id}`,
  `DELETE ${REPO}/issues/comments/{comment_id}`,
  `GET ${REPO}/labels`,
  `POST ${REPO}/labels`,
  `GET ${REPO}/labels/{name}`,
  `GET ${REPO}/issues/{issue_number}/labels`,
  `POST ${REPO}/issues/{issue_number}/labels`,
  `PUT ${REPO}/issues/{issue_number}/labels`,
  `DELETE ${REPO}/issues/{issue_number}/labels/{name}`,
  `GET ${REPO}/issues/{issue_number}/reactions`,
  `POST ${REPO}/issues/{issue_number}/reactions`,
  `DELETE ${REPO}/issues/{issue_number}/reactions/{reaction_id}`,
  `GET ${REPO}/issues/comments/{comment_id}/reactions`,
  `POST ${REPO}/issues/comments/{comment_id}/reactions`,
  `DELETE ${REPO}/issues/comments/{comment_id}/reactions/{reaction_id}`,
  `POST ${REPO}/check-runs`,
  `GET ${REPO}/check-runs/{check_run_id}`,
  `PATCH ${REPO}/check-runs/{check_run_id}`,
  `GET ${REPO}/check-runs/{check_run_id}/annotations`,
  `POST ${REPO}/check-runs/{check_run_id}/rerequest`,
  `GET ${REPO}/actions/organization-secrets`,
  `GET ${REPO}/actions/permissions/workflow`,
  `GET ${REPO}/actions/secrets`,
  `GET ${REPO}/actions/workflows`,
  `GET ${REPO}/actions/workflows/{workflow_id}/runs`,
  `PUT ${REPO}/actions/workflows/{workflow_id}/enable`,
  `POST ${REPO}/actions/workflows/{workflow_id}/dispatches`,
  `POST ${REPO}/dispatches`,
];

/**
 * Answers that the description gets wrong. Of an installation in a list it wants an account that is a person and an
 * enterprise at once; of a single installation, that it is one of them.
 */
const CORRECTED: Readonly<Record<string, JsonObject>> = {
  'GET /app/installations 200': { type: 'array', items: { $ref: '#/components/schemas/installation' } },
};

/** Every webhook that the local GitHub sends, by its name in the description. */
const WEBHOOKS: readonly string[] = [
  'push',
  'create',
  'delete',
  'installation-created',
  'repository-dispatch-sample.collected',
  ...['created', 'completed', 'rerequested'].map((action) => `check-run-${action}`),
  ...['requested', 'rerequested'].map((action) => `check-suite-${action}`),
  ...['created', 'edited', 'deleted'].map((action) => `issue-comment-${action}`),
  ...['opened', 'edited', 'closed', 'reopened', 'labeled', 'unlabeled'].map((action) => `issues-${action}`),
  ...['opened', 'edited', 'closed', 'reopened', 'synchronize', 'labeled', 'unlabeled'].map(
    (action) => `pull-request-${action}`,
  ),
  ...['review-requested', 'review-request-removed', 'review-submitted'].map(
    (action) => `pull-request-${action}`,
  ),
];

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

/** What a schema says to people and to generators of code, and not to a validator. */
const DROPPED = [
  'description',
  'title',
  'example',
  'examples',
  'externalDocs',
  'deprecated',
  'default',
  'readOnly',
];

/** The keys of these are names of properties, not words of a schema. */
const KEEPS_NAMES = ['properties', 'patternProperties'];

/** Shorter schemas are not worth a name. */
const SHARED_CHARACTERS_MIN = 300;

const document = JSON.parse(readDescription()) as JsonObject;
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const files = new Map([
  ['github-api.json', apiText()],
  ['github-webhooks.json', webhooksText()],
]);
const stale = [...files].filter(([name, text]) => {
  const path = join(FOLDER, name);
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
});
if (values.check) {
  for (const [name] of stale) console.error(`test/fixtures/github/${name} differs from ${PACKAGE}`);
  if (stale.length > 0) {
    console.error('Run `npx tsx scripts/github-openapi.ts` and commit test/fixtures/github/.');
    process.exitCode = 1;
  }
} else {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of stale) writeFileSync(join(FOLDER, name), text);
  for (const [name, text] of files) console.log(`${name}: ${Math.ceil(text.length / 1024)} KiB`);
}

/** Downloads the package into a folder of its own, and returns the text of the description. */
function readDescription(): string {
  const folder = mkdtempSync(join(tmpdir(), 'github-openapi-'));
  try {
    const packed = execFileSync('npm', ['pack', '--silent', PACKAGE], { cwd: folder, encoding: 'utf8' });
    execFileSync('tar', ['-xzf', packed.trim(), DESCRIPTION], { cwd: folder });
    return readFileSync(join(folder, DESCRIPTION), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function apiText(): string {
  const schemas = new Map<string, Json>();
  const operations = OPERATIONS.map((name) => operationOf(name, schemas));
  return fileText('operations', operations, schemas);
}

function webhooksText(): string {
  const schemas = new Map<string, Json>();
  const webhooks = WEBHOOKS.map((name) => {
    const post = at(document, 'x-webhooks', name, 'post');
    const schema = trimmed(at(post, 'requestBody', 'content', 'application/json', 'schema'), schemas);
    return { name, schema };
  });
  return fileText('webhooks', webhooks, schemas);
}

/** One operation, webhook or schema per line, so that a difference can be read. */
function fileText(key: string, entries: readonly Json[], schemas: ReadonlyMap<string, Json>): string {
  const parts = sharedParts([...entries, ...schemas.values()]);
  const lines = entries.map((entry) => JSON.stringify(parts.replace(entry))).join(',\n');
  const replaced = [...schemas].map(([name, schema]) => [name, parts.replace(schema)] as const);
  const named = [...replaced, ...parts.schemas]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`)
    .join(',\n');
  return `{"source":${JSON.stringify(PACKAGE)},\n"${key}":[\n${lines}\n],\n"schemas":{\n${named}\n}}\n`;
}

/**
 * Gives equal schemas of objects one name, because the description repeats large ones, and each copy takes its time to
 * compile. `schemas` grows with what is replaced.
 */
function sharedParts(roots: readonly Json[]): {
  readonly schemas: ReadonlyMap<string, Json>;
  replace(value: Json): Json;
} {
  const counts = new Map<string, number>();
  const count = (value: Json): void => {
    const text = textOfSchema(value);
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(count);
  };
  roots.forEach(count);
  const names = new Map<string, string>();
  const schemas = new Map<string, Json>();
  const inside = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(replace);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replace(one)]));
  };
  const replace = (value: Json): Json => {
    const text = textOfSchema(value);
    if (text === null || (counts.get(text) ?? 0) < 2) return inside(value);
    const known = names.get(text);
    const name = known ?? `shared-${names.size + 1}`;
    if (known === undefined) {
      names.set(text, name);
      schemas.set(name, inside(value));
    }
    return { $ref: `#/schemas/${name}` };
  };
  return { schemas, replace };
}

/** Returns a schema of an object as text where it may be shared, and `null` of anything else. */
function textOfSchema(value: Json): string | null {
  if (!isObject(value) || !isObject(value['properties'] ?? null)) return null;
  const text = JSON.stringify(value);
  return text.length < SHARED_CHARACTERS_MIN ? null : text;
}

function operationOf(name: string, schemas: Map<string, Json>): Json {
  const [method = '', path = ''] = name.split(' ');
  const operation = at(document, 'paths', path, method.toLowerCase());
  const parameters = listOf(isObject(operation) ? operation['parameters'] : []).map((one) => resolved(one));
  const query = parameters
    .filter((one) => one['in'] === 'query')
    .map((one) => ({
      name: one['name'] ?? '',
      required: one['required'] ?? false,
      schema: trimmed(one['schema'] ?? {}, schemas),
    }));
  const body = jsonSchemaIn(isObject(operation) ? operation['requestBody'] : undefined, schemas);
  const responses = Object.entries(objectOf(at(operation, 'responses'))).map(([status, response]) => [
    status,
    trimmedAnswer(`${name} ${status}`, response, schemas),
  ]);
  return { method, path, query, body, responses: Object.fromEntries(responses) as JsonObject };
}

function trimmedAnswer(name: string, response: Json, schemas: Map<string, Json>): Json {
  const corrected = CORRECTED[name];
  return corrected === undefined ? jsonSchemaIn(resolved(response), schemas) : trimmed(corrected, schemas);
}

/** The schema of the JSON form of a body, or `null` where it has none. */
function jsonSchemaIn(holder: Json | undefined, schemas: Map<string, Json>): Json {
  const content = isObject(holder ?? null) ? objectOf(objectOf(holder)['content'] ?? {}) : {};
  const form = content['application/json'] ?? content['application/scim+json'];
  return form === undefined ? null : trimmed(objectOf(form)['schema'] ?? {}, schemas);
}

/** Returns a schema of JSON Schema 2020-12, and adds the schemas that it names to `schemas`. */
function trimmed(schema: Json, schemas: Map<string, Json>): Json {
  if (Array.isArray(schema)) return schema.map((one: Json) => trimmed(one, schemas));
  if (!isObject(schema)) return schema;
  const reference = schema['$ref'];
  if (typeof reference === 'string') return trimmedReference(reference, schemas);
  if ('oneOf' in schema && 'anyOf' in schema) throw new Error('a schema has both oneOf and anyOf');
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'nullable' || key.startsWith('x-') || DROPPED.includes(key)) continue;
    // GitHub writes "one of" where more than one may hold.
    const word = key === 'oneOf' ? 'anyOf' : key;
    kept[word] = KEEPS_NAMES.includes(key)
      ? Object.fromEntries(
          Object.entries(objectOf(value)).map(([name, one]) => [name, trimmed(one, schemas)]),
        )
      : key === 'enum' || key === 'required'
        ? value
        : trimmed(value, schemas);
  }
  return schema['nullable'] === true ? orNull(kept) : kept;
}

function trimmedReference(reference: string, schemas: Map<string, Json>): Json {
  const name = reference.replace('#/components/schemas/', '');
  if (!schemas.has(name)) {
    // Set first, because schemas name themselves.
    schemas.set(name, {});
    schemas.set(name, trimmed(at(document, 'components', 'schemas', name), schemas));
  }
  return { $ref: `#/schemas/${name}` };
}

function orNull(schema: Readonly<Record<string, Json>>): Json {
  const { type, enum: allowed, ...rest } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = Array.isArray(allowed) ? { enum: [...allowed.filter((one) => one !== null), null] } : {};
  return { ...rest, type: [type, 'null'], ...values };
}

function resolved(value: Json): JsonObject {
  const reference = objectOf(value)['$ref'];
  return typeof reference === 'string'
    ? objectOf(at(document, ...reference.slice(2).split('/')))
    : objectOf(value);
}

function at(value: Json, ...path: readonly string[]): Json {
  let found = value;
  for (const key of path) {
    const next = isObject(found) ? found[key] : undefined;
    if (next === undefined) throw new Error(`${PACKAGE} has no ${path.join(' / ')}; "${key}" is missing`);
    found = next;
  }
  return found;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
