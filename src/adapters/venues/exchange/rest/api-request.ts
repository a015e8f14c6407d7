// An HTTP request as the venue reads it: path, parameters of query and body, and the texts that a signature may have been made of.

import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../../../domain/result.ts';
import { readJsonText } from '../../json-text.ts';
import type { ApiCall } from '../api.ts';

const BODY_BYTES_MAX = 1_048_576;
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'DELETE'] satisfies ApiCall['method'][];

export interface ApiRequest {
  readonly method: ApiCall['method'];
  readonly path: string;
  readonly apiKey: string | null;
  /** Decoded, without empty ones and the signature. */
  readonly params: ReadonlyMap<string, string>;
  readonly signature: string | null;
  /** What the signature may be of, the likeliest first. */
  readonly signedTexts: readonly string[];
}

/** Reads the body of a request, or says that it is too large. */
export function readBody(request: IncomingMessage): Promise<Result<string, 'too_large'>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
    });
    request.on('end', () =>
      resolve(bytes > BODY_BYTES_MAX ? err('too_large') : ok(Buffer.concat(chunks).toString('utf8'))),
    );
    request.on('error', reject);
  });
}

interface Pair {
  readonly name: string;
  readonly raw: string;
  readonly value: string;
}

/** Returns the request, or the sentence that says what of it cannot be read. */
export function apiRequestOf(request: IncomingMessage, body: string): Result<ApiRequest, string> {
  const { method = '', url = '/', headers } = request;
  if (!METHODS.includes(method)) return err(`the method ${method.slice(0, 20)} is not known`);
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const query = pairsOf(at < 0 ? '' : url.slice(at + 1));
  const isJson = isJsonBody(headers['content-type'] ?? '', body);
  const inBody = isJson ? jsonPairs(body) : pairsOf(body);
  if (!query.ok) return query;
  if (!inBody.ok) return inBody;
  const pairs = [...query.value, ...inBody.value];
  const params = new Map<string, string>();
  for (const { name, value } of pairs) {
    if (params.has(name)) return err(`the parameter ${name.slice(0, 40)} comes twice`);
    params.set(name, value);
  }
  const signature = params.get('signature') || null;
  params.delete('signature');
  for (const [name, value] of params) if (value === '') params.delete(name);
  const key = headers['x-bx-apikey'];
  return ok({
    method: method as ApiCall['method'],
    path,
    apiKey: typeof key === 'string' && key !== '' ? key : null,
    params,
    signature,
    signedTexts: signedTextsOf(query.value, inBody.value, isJson),
  });
}

/** Whoever types an object behind curl's -d sends it as a form. No form begins as an object does. */
function isJsonBody(contentType: string, body: string): boolean {
  return contentType.toLowerCase().includes('application/json') || body.trimStart().startsWith('{');
}

function pairsOf(text: string): Result<readonly Pair[], string> {
  const pairs: Pair[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const [name, raw] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    try {
      pairs.push({ name, raw, value: decodeURIComponent(raw.replaceAll('+', '%20')) });
    } catch {
      return err(`the value of ${name.slice(0, 40)} is not encoded as a URL is`);
    }
  }
  return ok(pairs);
}

function jsonPairs(body: string): Result<readonly Pair[], string> {
  if (body.trim() === '') return ok([]);
  const read = readJsonText(body);
  if (!read.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    return err('the body is no JSON object');
  const pairs: Pair[] = [];
  for (const [name, value] of Object.entries(read.value)) {
    if (typeof value === 'object' && value !== null)
      return err(`the value of ${name.slice(0, 40)} is no text or number`);
    const text = value === null ? '' : String(value);
    pairs.push({ name, raw: text, value: text });
  }
  return ok(pairs);
}

/** The parameters in the order received, decoded; the same as they were sent; and for a JSON body, those of the body sorted by name. */
function signedTextsOf(query: readonly Pair[], body: readonly Pair[], isJson: boolean): readonly string[] {
  const unsigned = (pairs: readonly Pair[]): readonly Pair[] =>
    pairs.filter(({ name }) => name !== 'signature');
  const joined = (pairs: readonly Pair[], part: 'raw' | 'value'): string =>
    unsigned(pairs)
      .map((pair) => `${pair.name}=${pair[part]}`)
      .join('&');
  const sorted = isJson ? [...body].sort((a, b) => (a.name < b.name ? -1 : 1)) : body;
  return [joined(query, 'value') + joined(sorted, 'value'), joined(query, 'raw') + joined(sorted, 'raw')];
}
