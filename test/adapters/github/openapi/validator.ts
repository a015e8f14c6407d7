// Checks exchanges and webhooks against GitHub's own description of them, as it was extracted into the fixtures.

import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** One request and its answer, as far as the description speaks about it. */
export interface ObservedExchange {
  readonly method: string;
  /** Without the query, as `/repos/acme/desk/pulls`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The parsed body; `null` or `undefined` where there was none. */
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseBody: unknown;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly required: boolean; readonly schema: unknown }[];
  readonly body: { readonly properties?: Readonly<Record<string, unknown>> } | null;
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Webhook {
  readonly name: string;
  readonly schema: unknown;
}

const api = fixture('github-api.json') as { readonly operations: readonly Operation[] };
const hooks = fixture('github-webhooks.json') as { readonly webhooks: readonly Webhook[] };

/** Compiling takes longer than checking, so the code is neither inlined nor optimised. */
const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  verbose: true,
  inlineRefs: false,
  validateSchema: false,
  code: { optimize: false },
});
for (const [name, holds] of Object.entries({
  'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text),
  date: (text: string) => /^\d{4}-\d\d-\d\d$/.test(text),
  uri: (text: string) => URL.canParse(text),
  'uri-template': (text: string) => URL.canParse(text.replaceAll(/[{}]/g, '')),
  'repo.nwo': (text: string) => /^[\w.-]+\/[\w.-]+$/.test(text),
  email: (text: string) => /^[^@\s]+@[^@\s]+$/.test(text),
})) {
  ajv.addFormat(name, holds);
}
ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
ajv.addSchema(api, 'api');
ajv.addSchema(hooks, 'hooks');

/** The parts of a path that GitHub lets contain slashes. */
const LONG_PARTS = ['ref', 'basehead', 'branch'];
const FINDINGS_MAX = 8;

interface Route {
  readonly at: number;
  readonly operation: Operation;
  readonly pattern: RegExp;
  readonly literalLength: number;
}

/** The route with the most fixed text comes first, as `commits/{ref}/check-runs` before `commits/{ref}`. */
const routes: readonly Route[] = api.operations
  .map((operation, at) => ({
    at,
    operation,
    pattern: patternOf(operation.path),
    literalLength: operation.path.replaceAll(/\{\w+\}/g, '').length,
  }))
  .sort((a, b) => b.literalLength - a.literalLength);

function patternOf(path: string): RegExp {
  const source = path
    .replaceAll('.', '\\.')
    // The root of a repository has no path: clients ask for `contents`.
    .replace('/{path}', '(/.*)?')
    .replaceAll(/\{(\w+)\}/g, (_whole, name: string) => (LONG_PARTS.includes(name) ? '(.+)' : '([^/]+)'));
  return new RegExp(`^${source}$`);
}

/** The operations that are described, as `GET /repos/{owner}/{repo}`. */
export const OPERATION_NAMES: readonly string[] = api.operations.map(nameOf);

/** The webhooks that are described, as `pull-request-opened`. */
export const WEBHOOK_NAMES: readonly string[] = hooks.webhooks.map(({ name }) => name);

function nameOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

/** Returns the name of the operation of a request, or `null` where none is described. */
export function operationName(method: string, path: string): string | null {
  const route = routeOf(method, path);
  return route === undefined ? null : nameOf(route.operation);
}

function routeOf(method: string, path: string): Route | undefined {
  return routes.find((one) => one.operation.method === method && one.pattern.test(path));
}

/**
 * Returns what GitHub's description does not allow in an exchange, in sentences. Of a request that was refused only the
 * answer is checked, because refusing a bad request is right. GraphQL is not described, and an operation that does not
 * exist is only right to answer with 404.
 */
export function validateExchange(exchange: ObservedExchange): readonly string[] {
  const { method, path, status, responseBody } = exchange;
  const place = `${method} ${path} → ${status}`;
  if (path === '/graphql') return [];
  const route = routeOf(method, path);
  if (route === undefined) {
    return status === 404
      ? []
      : [
          `${place}: is no operation of test/fixtures/github/github-api.json; add it to scripts/github-openapi.ts`,
        ];
  }
  const found = [
    ...(status < 400 ? requestFindings(route, exchange) : []),
    ...answerFindings(route, status, responseBody),
  ];
  return found.slice(0, FINDINGS_MAX).map((finding) => `${place}: ${finding}`);
}

function requestFindings({ at, operation }: Route, exchange: ObservedExchange): readonly string[] {
  const found: string[] = [];
  for (const [index, { name, required, schema }] of operation.query.entries()) {
    const text = exchange.query[name];
    if (text === undefined) {
      if (required) found.push(`query has no ${name}`);
      continue;
    }
    const check = compiled(`api#/operations/${at}/query/${index}/schema`);
    found.push(...findingsOf(check, numberIn(text, schema), `query.${name}`));
  }
  for (const name of Object.keys(exchange.query)) {
    if (!operation.query.some((one) => one.name === name)) found.push(`query.${name} is no parameter`);
  }
  const body = exchange.requestBody ?? null;
  if (operation.body === null) {
    return body === null || isEmptyObject(body) ? found : [...found, 'request has a body, expected none'];
  }
  if (body === null) return found;
  const known = Object.keys(operation.body.properties ?? {});
  const unknown =
    typeof body === 'object' && known.length > 0
      ? Object.keys(body).filter((key) => !known.includes(key))
      : [];
  return [
    ...found,
    ...unknown.map((key) => `request.${key} is no property; expected one of ${known.join(', ')}`),
    ...findingsOf(compiled(`api#/operations/${at}/body`), body, 'request'),
  ];
}

function answerFindings({ at, operation }: Route, status: number, body: unknown): readonly string[] {
  const schema = operation.responses[String(status)];
  const isEmpty = body === null || body === undefined || body === '';
  if (status === 304) return isEmpty ? [] : ['answer has a body, expected none'];
  if (schema === undefined) {
    const known = Object.keys(operation.responses).join(', ');
    // GitHub describes a few refusals only; all of them have one shape.
    return status >= 400 ? refusalFindings(body) : [`status is none of ${known}`];
  }
  if (schema === null && status >= 400) return isEmpty ? [] : refusalFindings(body);
  if (schema === null) return isEmpty ? [] : ['answer has a body, expected none'];
  const found = findingsOf(compiled(`api#/operations/${at}/responses/${status}`), body, 'answer');
  return status >= 400 ? [...found, ...refusalFindings(body)] : found;
}

function refusalFindings(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return ['a refusal has no object as its body'];
  const keys = ['message', 'documentation_url', 'status'];
  return keys.filter((key) => !hasText(body, key)).map((key) => `a refusal has no ${key}`);
}

function hasText(body: object, key: string): boolean {
  return typeof Object.entries(body).find(([name]) => name === key)?.[1] === 'string';
}

/** Returns what GitHub's description does not allow in the payload of the webhook `name`, in sentences. */
export function validateWebhook(name: string, payload: Readonly<Record<string, unknown>>): readonly string[] {
  const action = typeof payload['action'] === 'string' ? payload['action'] : null;
  const at = hooks.webhooks.findIndex((one) => one.name === webhookName(name, action));
  const place = action === null ? name : `${name}.${action}`;
  if (at < 0)
    return [
      `${place}: is no webhook of test/fixtures/github/github-webhooks.json; add it to scripts/github-openapi.ts`,
    ];
  const found = findingsOf(compiled(`hooks#/webhooks/${at}/schema`), payload, 'payload');
  return found.slice(0, FINDINGS_MAX).map((finding) => `${place}: ${finding}`);
}

/** Returns the name of a webhook in {@link WEBHOOK_NAMES}. The action of `repository_dispatch` is chosen by the caller. */
export function webhookName(name: string, action: string | null): string {
  const chosen = name === 'repository_dispatch' ? 'sample.collected' : action;
  return [name, ...(chosen === null ? [] : [chosen])].map((part) => part.replaceAll('_', '-')).join('-');
}

/**
 * Returns an observer that throws on the first exchange that GitHub's description does not allow, so that the request
 * fails and the test with it.
 */
export function observeStrictly(): (exchange: ObservedExchange) => void {
  return (exchange) => {
    const found = validateExchange(exchange);
    if (found.length > 0) throw new Error(`GitHub would not answer so:\n${found.join('\n')}`);
  };
}

function compiled(key: string): ValidateFunction {
  const check = ajv.getSchema(key);
  if (check === undefined) throw new Error(`the fixtures have no schema ${key}`);
  return check;
}

function findingsOf(check: ValidateFunction, value: unknown, name: string): readonly string[] {
  if (check(value)) return [];
  return (check.errors ?? []).map((error) => `${name}${error.instancePath} ${sentenceOf(error)}`);
}

function sentenceOf(error: ErrorObject): string {
  const allowed = error.keyword === 'enum' ? ` (${JSON.stringify(error.schema)})` : '';
  const found = JSON.stringify(error.data) ?? 'undefined';
  return `${error.message ?? error.keyword}${allowed}; found ${found.length > 80 ? `${found.slice(0, 80)}…` : found}`;
}

/** Query values are text; numbers and booleans are meant as such. */
function numberIn(text: string, schema: unknown): unknown {
  const type = typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : null;
  if (type === 'integer' || type === 'number') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/github/${name}`, import.meta.url), 'utf8'));
}
