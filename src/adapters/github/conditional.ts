// Reads that ask GitHub only whether something changed: an answer of 304 is not counted against the limit of requests.

import { isRequestFault, type OctokitLike, statusOf, whole } from './answers.ts';
import { linkOf } from './pages.ts';

/** Large files, of which a few would fill the memory. They are asked for by digest, and seldom twice. */
const NOT_KEPT = /\/git\/blobs\//;
/** Answers that are kept per client; the one that was not used for longest goes first. */
const ANSWERS_MAX = 200;

/**
 * Whether an answer is a page which is full and the last one. Once there is a next page, only its `Link` header says so, which an
 * answer of 304 need not tell.
 */
function mayGrow(
  { data, headers }: { data: unknown; headers: { link?: string } },
  perPage: unknown,
): boolean {
  return Array.isArray(data) && data.length === perPage && linkOf(headers.link, 'next') === null;
}

/** Makes the GETs of an octokit conditional. Register it before `withRetries`. */
export function withConditionalReads(octokit: Pick<OctokitLike, 'hook' | 'request'>): void {
  type Answer = Awaited<ReturnType<OctokitLike['request']>>;
  const kept = new Map<string, Answer>();
  const keep = (key: string, answer: Answer): void => {
    kept.delete(key);
    kept.set(key, answer);
    const [oldest] = kept.keys();
    if (kept.size > ANSWERS_MAX && oldest !== undefined) kept.delete(oldest);
  };
  octokit.hook.wrap('request', async (request, options) => {
    if (options.method !== 'GET' || NOT_KEPT.test(options.url)) return await request(options);
    const { url, headers } = octokit.request.endpoint.parse(options);
    const key = `${headers.accept ?? ''} ${url}`;
    const known = kept.get(key);
    const etag = known?.headers.etag;
    // Set on the options themselves: what is passed on reaches no further than the next hook.
    if (etag !== undefined) options.headers = { ...options.headers, 'if-none-match': etag };
    try {
      const answer = whole(await request(options), options);
      if (answer.headers.etag !== undefined && !mayGrow(answer, options['per_page'])) keep(key, answer);
      return answer;
    } catch (error) {
      if (known === undefined || !isRequestFault(error) || statusOf(error) !== 304) throw error;
      keep(key, known);
      return known;
    }
  });
}
