// No test cuts the power, so none waits for the platter: what is written counts as durable. Programs that a test begins do wait.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

fs.fsyncSync = () => {};
fs.fdatasyncSync = () => {};
syncBuiltinESMExports();
