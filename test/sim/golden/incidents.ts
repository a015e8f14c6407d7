// All golden incidents, in the order in which they are run.

import { DOUBT_INCIDENTS } from './doubt.ts';
import { ENTRY_INCIDENTS } from './entries.ts';
import { EXIT_INCIDENTS } from './exits.ts';
import { FILL_INCIDENTS } from './fills.ts';
import type { Incident } from './incident.ts';
import { JOURNAL_INCIDENTS } from './journal.ts';
import { MONEY_INCIDENTS } from './money.ts';
import { RESTART_INCIDENTS } from './restart.ts';

export const INCIDENTS: readonly Incident[] = [
  ...FILL_INCIDENTS,
  ...DOUBT_INCIDENTS,
  ...ENTRY_INCIDENTS,
  ...EXIT_INCIDENTS,
  ...MONEY_INCIDENTS,
  ...RESTART_INCIDENTS,
  ...JOURNAL_INCIDENTS,
];
