// `warden verify`: whether the derived files are what the ground gives, and whether the ground is whole. It writes nothing.

import { tableText } from '../adapters/terminal/table.ts';
import type { Verified } from '../jobs/verify.ts';
import type { VerifyLine } from '../jobs/verify-ground.ts';
import { EXIT } from './exit-codes.ts';
import { remarkOnEmptyState } from './job-setup.ts';
import { report } from './outcome.ts';
import type { Frame } from './program.ts';
import { settingsInForce } from './settings.ts';

/** Adds the command to the frame. */
export function registerVerify(frame: Frame): void {
  frame
    .command({
      usage: 'verify',
      summary: 'Rebuild derived state from ground state, compare it byte for byte, and check the ground',
      example: 'warden verify --state state/data',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.differs],
      writes: false,
    })
    .action(
      frame.run<object>(async (context) => {
        const loaded = await settingsInForce(context);
        if (!loaded.ok) return loaded.error;
        remarkOnEmptyState(context, 'rows');
        const { verify } = await import('../jobs/verify.ts');
        const verified = verify(context, {
          nowMs: context.nowMs,
          settings: loaded.value.settings,
          codeVersion: context.codeVersion,
        });
        const { lines, remarks, differs } = verified;
        return report(differs ? EXIT.differs : EXIT.done, verifyText(verified), {
          files: lines,
          remarks,
          differs,
        });
      }),
    );
}

const FINDINGS_SHOWN_MAX = 10;

/** Returns the table of files, the findings below, and the result in one line. */
function verifyText({ lines, remarks, differs }: Verified): string {
  const rows = lines.map(({ file, kind, verdict }) => [file, kind, verdict.replace('_', ' ')]);
  const table = tableText({ head: ['file', 'kind', 'verdict'], rows });
  const findings = lines.filter((line) => line.findings.length > 0).map(findingsText);
  return [table, ...findings, ...remarks, resultText(lines, differs)].join('\n\n');
}

function findingsText({ file, findings }: VerifyLine): string {
  const more = findings.length - FINDINGS_SHOWN_MAX;
  return [
    `${file}:`,
    ...findings.slice(0, FINDINGS_SHOWN_MAX).map((finding) => `  ${finding}`),
    ...(more > 0 ? [`  and ${more} more, see --json`] : []),
  ].join('\n');
}

function resultText(lines: readonly VerifyLine[], differs: boolean): string {
  const count = (verdict: VerifyLine['verdict']): number =>
    lines.filter((line) => line.verdict === verdict).length;
  const parts = (['same', 'behind', 'missing', 'differs', 'not_checked'] as const)
    .map((verdict) => [count(verdict), verdict.replace('_', ' ')] as const)
    .filter(([n]) => n > 0)
    .map(([n, verdict]) => `${n} ${verdict}`);
  const next = differs
    ? 'Derived files are written again by the next run of their job; ground is restored from the history of the state branch.'
    : 'The derived state is what the ground gives, as far as it has been derived.';
  return `${parts.join(', ')}. ${next}`;
}
