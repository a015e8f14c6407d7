// `npx tsx bench/formulas.ts`: the notes' formulas beside ours on the same input. The same numbers on every machine; docs/formulas.md
// shows them, and a test holds it to them.

import { formulaTables } from './formulas-tables.ts';

for (const text of formulaTables()) console.log(`${text}\n`);
