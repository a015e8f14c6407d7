// Every command of `warden`, in the order of its help. To add one: write `src/cli/<command>.ts` and name it here.

import { registerApp } from './app.ts';
import { registerCompact } from './compact.ts';
import { registerDemo } from './demo.ts';
import { registerDoctor } from './doctor.ts';
import { registerEmit } from './emit.ts';
import { registerExchange } from './exchange.ts';
import { registerExplain } from './explain.ts';
import { registerIngest } from './ingest.ts';
import { registerKernel } from './kernel.ts';
import type { Register } from './program.ts';
import { registerPublish } from './publish.ts';
import { registerReconcile } from './reconcile.ts';
import { registerReplay } from './replay.ts';
import { registerReport } from './report.ts';
import { registerRun } from './run.ts';
import { registerSupervise } from './supervise.ts';
import { registerTrain } from './train.ts';
import { registerVerify } from './verify.ts';
import { registerWhatIf } from './whatif.ts';

export const COMMANDS: readonly Register[] = [
  registerEmit,
  registerIngest,
  registerReconcile,
  registerTrain,
  registerReplay,
  registerSupervise,
  registerWhatIf,
  registerExplain,
  registerVerify,
  registerCompact,
  registerReport,
  registerPublish,
  registerRun,
  registerApp,
  registerKernel,
  registerExchange,
  registerDemo,
  registerDoctor,
];
