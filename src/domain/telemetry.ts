// The telemetry event: one run of an agent, whether it worked and how long it took. Joins with signals on (agent, run_id).

import Type, { type Static } from 'typebox';
import { instant, name, oneOf, version } from './fields.ts';
import { problemInJson } from './json-value.ts';
import { type Problem, shown } from './problem.ts';
import { err, type Result } from './result.ts';
import { isoFromMs, parseInstant } from './time.ts';
import { validate } from './validate.ts';

export const TelemetryEvent = Type.Object(
  {
    v: version,
    ts: instant,
    agent: name,
    run_id: name,
    status: oneOf(['ok', 'error']),
    duration_ms: Type.Number({ minimum: 0 }),
    error: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  { additionalProperties: false, title: 'Telemetry event' },
);
export type TelemetryEvent = Static<typeof TelemetryEvent>;

/** What the telemetry of a span of time says about one agent. */
export interface AgentRuns {
  readonly runs: number;
  /** Those of them that ended in an error. */
  readonly errors: number;
}

/**
 * Normalises one telemetry event from outside: `v` may be missing, and `ts` is any instant that
 * {@link parseInstant} reads. Other keys are refused, because nothing would ever read them.
 */
export function parseTelemetryEvent(raw: unknown): Result<TelemetryEvent, readonly Problem[]> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const expected = 'expected a JSON object with ts, agent, run_id, status, duration_ms';
    return err([{ path: '', message: `${expected}; found ${shown(raw)}` }]);
  }
  const unfit = problemInJson(raw);
  if (unfit !== null) return err([unfit]);
  const given: Readonly<Record<string, unknown>> = { ...raw };
  const ts = parseInstant(given['ts']);
  const checked = validate(TelemetryEvent, {
    ...given,
    v: given['v'] ?? 1,
    ts: ts.ok ? isoFromMs(ts.value) : '',
  });
  if (ts.ok) return checked;
  const problem = { path: 'ts', message: given['ts'] === undefined ? 'is missing' : ts.error };
  return err([problem, ...(checked.ok ? [] : checked.error.filter((found) => found.path !== 'ts'))]);
}
