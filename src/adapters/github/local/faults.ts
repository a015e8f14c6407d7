// Scripted faults of the local GitHub: what goes wrong with which request, how often, and before or after it took effect.

/** The answer that a fault gives in place of the true one. */
export interface FaultResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What happens to a request that a rule matches. */
export interface Fault {
  /** The false answer; `drop`: the connection ends without one; `null`: the true answer is given. */
  readonly response: FaultResponse | 'drop' | null;
  /** Whether the request takes effect all the same, and only its answer is lost. */
  readonly afterApplying: boolean;
  /** Resolves when the test lets the request go on; `null`: at once. */
  readonly wait: Promise<void> | null;
}

export interface FaultRule {
  /** Default: every method. */
  readonly method?: string;
  /** Matched against the path without its query. Default: every path. */
  readonly path?: RegExp;
  /** The login of the caller. Default: everybody. */
  readonly actor?: string;
  /** How many matching requests pass before the first one fails. Default: 0. */
  readonly after?: number;
  /** How many requests fail then. Default: 1. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  readonly actor: string | null;
}

/** A request that failed, beside the rule that made it fail. */
export interface FaultHit {
  readonly rule: FaultRule;
  readonly request: FaultRequest;
}

export interface Faults {
  /** Adds a rule. Where several match a request the one that was added first and is not used up decides. */
  plan(rule: FaultRule): void;
  /** Forgets all rules; the hits stay. */
  clear(): void;
  /** Returns what goes wrong with this request, or `null`. Each request is asked about once. */
  next(request: FaultRequest): Fault | null;
  readonly hits: readonly FaultHit[];
}

/** Returns faults without rules. */
export function createFaults(): Faults {
  const hits: FaultHit[] = [];
  let rules: { readonly rule: FaultRule; seen: number }[] = [];
  return {
    hits,
    plan(rule) {
      rules.push({ rule, seen: 0 });
    },
    clear() {
      rules = [];
    },
    next(request) {
      let found: Fault | null = null;
      for (const planned of rules) {
        const { rule } = planned;
        const from = rule.after ?? 0;
        if (found !== null || !matches(rule, request) || planned.seen >= from + (rule.times ?? 1)) continue;
        planned.seen += 1;
        if (planned.seen <= from) continue;
        hits.push({ rule, request });
        found = rule.fault;
      }
      return found;
    },
  };
}

function matches(rule: FaultRule, { method, path, actor }: FaultRequest): boolean {
  return (
    (rule.method ?? method) === method &&
    (rule.path === undefined || path.search(rule.path) >= 0) &&
    (rule.actor === undefined || rule.actor === actor)
  );
}

const DOCS = 'https://docs.github.com/rest';
const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' } as const;
const SECONDARY_LIMIT_MESSAGE =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. ' +
  'If you reach out to GitHub Support for help, please include the request ID.';

function refusal(status: number, message: string, more: Partial<FaultResponse> = {}): FaultResponse {
  const body = { message, documentation_url: DOCS, status: String(status), ...more.body };
  return { status, headers: { ...JSON_HEADERS, ...more.headers }, body };
}

function instead(response: FaultResponse): Fault {
  return { response, afterApplying: false, wait: null };
}

/** The answer to a burst of requests; with the seconds to wait where `retryAfterS` gives them. */
export function secondaryLimitAnswer(status: 403 | 429, retryAfterS?: number): FaultResponse {
  const headers: Record<string, string> = {};
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
  return refusal(status, SECONDARY_LIMIT_MESSAGE, { headers });
}

/** The answer to the request that is one too many in its hour. */
export function primaryLimitAnswer(caller: string): FaultResponse {
  return refusal(403, `API rate limit exceeded for ${caller}.`);
}

/** The limit on bursts: 403, with the seconds to wait where `retryAfterS` gives them. */
export function secondaryLimit(retryAfterS?: number): Fault {
  return instead(secondaryLimitAnswer(403, retryAfterS));
}

/** The same limit in its other form: 429. */
export function tooManyRequests(retryAfterS?: number): Fault {
  return instead(secondaryLimitAnswer(429, retryAfterS));
}

/** GitHub itself is unwell. */
export function serverError(status: 500 | 502 | 503 = 502): Fault {
  return instead(refusal(status, status === 503 ? 'Service Unavailable' : 'Server Error'));
}

/** A branch that was just made is not visible to the next request yet: 422, as on opening a pull request. */
export function notYetVisible(): Fault {
  const message = "Validation Failed: Could not resolve to a node with the global id of 'PR_kwDOlocal'.";
  const errors = [{ resource: 'PullRequest', code: 'custom', message: 'Could not resolve to a node' }];
  return instead(refusal(422, message, { body: { errors } }));
}

/** Somebody else wrote at the same time: 409. */
export function conflict(message = 'Git Repository is busy, please try again later.'): Fault {
  return instead(refusal(409, message));
}

/** The connection ends before the request takes effect, and without an answer. */
export function droppedConnection(): Fault {
  return { response: 'drop', afterApplying: false, wait: null };
}

/** The request takes effect, and the caller never learns of it: the connection ends, or 502 is the answer. */
export function answerLost(as: 'drop' | 502 = 'drop'): Fault {
  return { response: as === 'drop' ? 'drop' : serverError(as).response, afterApplying: true, wait: null };
}

/** The request waits until the test calls `release`, and is then treated as ever. */
export function slowAnswer(): { readonly fault: Fault; release(): void } {
  let open = (): void => undefined;
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { fault: { response: null, afterApplying: false, wait }, release: () => open() };
}
