// The telemetry event: one run of an agent, whether it worked and how long it took. Joins with signals on (agent, run_id).

import Type, { type Static } from 'typebox';
import { instant, name, oneOf, version } from './fields.ts';

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
