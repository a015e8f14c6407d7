// `warden whatif`: which classes other limits would have stopped, for how long, and what that would have saved or cost.

import { basename, dirname, resolve } from 'node:path';
import { err, ok, type Result } from '../domain/result.ts';
import { isoFromMs } from '../domain/time.ts';
import type { WhatIf } from '../jobs/whatif.ts';
import type { ReplayedLists } from '../supervision/whatif.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { loadJobConfig } from './job-setup.ts';
import { type Refusal, refusal, report } from './outcome.ts';
import { type Frame, instantMs } from './program.ts';

interface WhatIfCliOptions {
  readonly killList: string;
  readonly from?: number;
  readonly to?: number;
}

/** Adds the command to the frame. */
export function registerWhatIf(frame: Frame): void {
  frame
    .command({
      usage: 'whatif',
      summary:
        'Replay the recorded tails under another kill list: what it would have stopped, and the result of that',
      example: 'warden whatif --kill-list proposed.yaml --from 2021-03-01T00:00:00Z',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused],
      writes: false,
    })
    .requiredOption('--kill-list <file>', 'the kill list to compare with the one in force')
    .option('--from <iso>', 'the first instant (default: the first that was recorded)', instantMs)
    .option('--to <iso>', 'the last instant (default: --now)', instantMs)
    .action(
      frame.run<WhatIfCliOptions>(async (context, options) => {
        const fromMs = options.from ?? null;
        const toMs = options.to ?? context.nowMs;
        if (fromMs !== null && toMs < fromMs)
          return refusal(EXIT.usage, `--to ${isoFromMs(toMs)} lies before --from ${isoFromMs(fromMs)}`);
        const lists = await loadLists(context, options.killList);
        if (!lists.ok) return lists.error;
        const loaded = await loadJobConfig(context);
        if (!loaded.ok) return loaded.error;
        const { supervisorRules } = await import('../supervision/supervisor-rules.ts');
        const { whatIf } = await import('../jobs/whatif.ts');
        const { whatIfText } = await import('./whatif-text.ts');
        const rules = supervisorRules(loaded.value.config);
        const found = whatIf(context.disk, { lists: lists.value, rules, fromMs, toMs });
        remarkOnUnrecorded(context, Object.keys(lists.value.proposed), found);
        return report(EXIT.done, whatIfText(found), { ...found });
      }),
    );
}

/** A class without recorded cells may be misspelled; nothing would have happened to it either way. */
function remarkOnUnrecorded(context: CommandContext, classes: readonly string[], found: WhatIf): void {
  const recorded = new Set(found.classes.map(({ strategy_class }) => strategy_class));
  const unknown = classes.filter((name) => !recorded.has(name));
  if (found.recorded_lines > 0 && unknown.length > 0)
    context.log.warn(
      `nothing was recorded of the proposed classes ${unknown.join(', ')}; are they spelled so?`,
    );
}

/** Reads the kill list in force and the other one; every problem of both is listed with file, line and column. */
async function loadLists(context: CommandContext, file: string): Promise<Result<ReplayedLists, Refusal>> {
  const { configProblemText, loadKillList, parseKillList } = await import(
    '../adapters/config/config-files.ts'
  );
  const { readConfig } = await import('../adapters/config/yaml-file.ts');
  const path = resolve(context.host.cwd, file);
  const text = readConfig(dirname(path), basename(path));
  if (text.ok && text.value === null)
    return err(refusal(EXIT.usage, `--kill-list ${file}: there is no file ${path}`));
  const proposed = text.ok ? parseKillList(text.value ?? '', file) : text;
  const current = loadKillList(context.configDir);
  if (proposed.ok && current.ok)
    return ok({ current: current.value.killList, proposed: proposed.value.killList });
  const problems = [...(proposed.ok ? [] : proposed.error), ...(current.ok ? [] : current.error)];
  return err(refusal(EXIT.usage, `the kill list was refused\n${problems.map(configProblemText).join('\n')}`));
}
