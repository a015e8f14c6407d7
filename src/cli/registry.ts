// Every command of `warden`, in the order of its help. To add one: write `src/cli/<command>.ts` and name it here.

import { registerEmit } from './emit.ts';
import { registerIngest } from './ingest.ts';
import type { Register } from './program.ts';

export const COMMANDS: readonly Register[] = [registerEmit, registerIngest];
