// Preloaded into a measured process: on exit it writes its peak memory to the file named by WARDEN_BENCH_PEAK.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const file = process.env['WARDEN_BENCH_PEAK'];
  if (file !== undefined) writeFileSync(file, String(process.resourceUsage().maxRSS * 1024));
});
