// The picture of what `warden doctor` says of a new repository: no protection of main, no branch of the state, no prices of equities.

import { doctorText } from '../../src/cli/doctor-text.ts';
import { ok } from '../../src/domain/result.ts';
import { diagnose } from '../../src/supervision/doctor.ts';
import { xmlText } from '../../src/supervision/outside-text.ts';
import { EQUITY_SECRETS } from '../../src/supervision/shipped-workflows.ts';
import { facts, OPEN_RULES } from '../../test/supervision/doctor-facts.ts';
import type { Camera } from './camera.ts';

const STYLE = `body { margin: 0; background: #ffffff; }
pre { display: inline-block; margin: 0; padding: 12px 14px; font: 14.5px/1.5 'DejaVu Sans Mono', monospace; color: #1f2328; }
b { color: #1a7f37; }
b.warning { color: #805b00; }
b.missing { color: #b3261e; }`;

/** Takes the text as a terminal shows it. */
export async function takeDoctor(camera: Camera): Promise<void> {
  const told = facts();
  const { secrets } = told.gitHub;
  if (!secrets.ok || secrets.value === 'unknown') throw new Error('the facts of tests name the secrets');
  const without = secrets.value.filter((name) => !EQUITY_SECRETS.some((each) => each === name));
  const change = {
    defaultRules: ok(OPEN_RULES),
    stateHead: ok(null),
    environments: ok([]),
    secrets: ok(without),
  };
  const text = doctorText(diagnose({ ...told, gitHub: { ...told.gitHub, ...change } }));
  const lines = text
    .split('\n')
    .map((line) => xmlText(line).replace(/^( {2})(ok|warning|missing)\b/, '$1<b class="$2">$2</b>'));
  const html = `<!DOCTYPE html><style>${STYLE}</style><pre>${lines.join('\n')}</pre>`;
  await camera.take({
    name: 'doctor.png',
    ...{ page: { html }, only: 'pre', width: 1400, height: 1000, theme: 'light' },
  });
}
