// `npm run test:whole`: the long tests with all that they are about, a week of jobs, a race of twelve, a year of growth. In CI they take a part.

import { startVitest } from 'vitest/node';

process.env['WARDEN_WHOLE'] = '1';
const files = ['week', 'race', 'growth'].map((name) => `test/e2e/${name}.process.ts`);
const vitest = await startVitest('test', files, { watch: false, project: ['process'] });
await vitest.close();
