// `warden doctor`: looks whether everything is set up as it has to be, says what to do next, and never writes.

import { fileURLToPath } from 'node:url';
import type { ConnectedGitHub } from '../adapters/github/environment.ts';
import { err, ok } from '../domain/result.ts';
import type { AppFacts, DoctorLine } from '../supervision/doctor-facts.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Outcome, report } from './outcome.ts';
import type { Frame } from './program.ts';

const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const ENVIRONMENT = `
Environment:
  GITHUB_REPOSITORY with GITHUB_TOKEN, or with WARDEN_APP_ID and
  WARDEN_APP_PRIVATE_KEY: asks GitHub too. The token of an admin sees the most:
  GITHUB_REPOSITORY=owner/name GITHUB_TOKEN=$(gh auth token) warden doctor
  SMTP_URL, MAIL_FROM, META_EMAIL_TO: are checked for their form`;

/** Adds the command to the frame. */
export function registerDoctor(frame: Frame): void {
  frame
    .command({
      usage: 'doctor',
      summary: 'Look whether this machine and the repository at GitHub are set up as they have to be',
      example: 'warden doctor',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage],
      writes: false,
    })
    .addHelpText('after', ENVIRONMENT)
    .action(frame.run<object>(doctorOutcome));
}

async function doctorOutcome(context: CommandContext): Promise<Outcome> {
  const { examineMachine } = await import('../jobs/examine-machine.ts');
  const { examine } = await import('../jobs/examine.ts');
  const { diagnose } = await import('../supervision/doctor.ts');
  const { doctorText } = await import('./doctor-text.ts');
  const { host, configDir, stateDir, disk, nowMs } = context;
  const { local, config } = await examineMachine({
    root: host.cwd,
    packageRoot: PACKAGE_ROOT,
    configDir,
    stateDir,
    env: host.env,
    nodeVersion: process.version,
  });
  const connection = await connectionOf(context, config?.github.own_logins ?? []);
  const diagnosis = diagnose(await examine(connection, { local, disk, nowMs }));
  const { lines, counts, first } = diagnosis;
  return report(counts.missing > 0 ? EXIT.usage : EXIT.done, doctorText(diagnosis), {
    checks: lines.map(lineJson),
    ...counts,
    first: first === null ? null : lineJson(first),
  });
}

const OFF =
  'GitHub was not asked; type GITHUB_REPOSITORY=owner/name GITHUB_TOKEN=$(gh auth token) npm run -s warden -- doctor';

async function connectionOf(context: CommandContext, ownLogins: readonly string[]) {
  const { connectGitHub } = await import('./publish-github.ts');
  const connected = await connectGitHub(context, { github: { own_logins: [...ownLogins] } });
  if (!connected.ok)
    return err({ reason: connected.error.message, refused: connected.error.kind === 'wrong' });
  if (connected.value === null) return err({ reason: OFF, refused: false });
  const { login, setup, actions } = connected.value;
  return ok({
    github: connected.value,
    setup,
    actions,
    login,
    app: await appOf(connected.value),
  });
}

/** Its problems are those that keep the app from starting. */
async function appOf({ grants }: ConnectedGitHub): Promise<AppFacts | null> {
  if (grants === null) return null;
  const { installationProblems, registrationProblems } = await import('../app/start-checks.ts');
  const { registration, installation } = grants;
  const granted = Object.entries(installation.permissions).map(([name, level]) => `${name}: ${level}`);
  return {
    granted: granted.sort(),
    problems: [...registrationProblems(registration), ...installationProblems(installation)],
  };
}

function lineJson({ group, about, status, evidence, nextStep }: DoctorLine) {
  return { group, about, status, evidence, next_step: nextStep };
}
