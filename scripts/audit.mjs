// `npm run audit`: asks the registry for known faults of what is installed at run time, and fails where one is high or critical.
// No answer is no clean bill: it is said as a warning. Plain JavaScript, so that CI runs it with nothing installed.

import { spawnSync } from 'node:child_process';

/** Offline, npm would find nothing and say so as if it had asked. */
const ARGS = ['audit', '--package-lock-only', '--omit=dev', '--json', '--no-offline'];
/** Worst first. */
const SEVERITIES = ['critical', 'high', 'moderate', 'low', 'info'];
const FAILING = ['critical', 'high'];
const TEXT_CHARS_MAX = 300;

/** What others wrote, as one line of a bounded length. */
function lineOf(text) {
  return String(text)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, TEXT_CHARS_MAX);
}

/** Prints a line, which GitHub shows with the run as well; `%` is the one character left that a workflow command reads. */
function say(level, text) {
  if (process.env['GITHUB_ACTIONS'] === 'true') console.log(`::${level}::${text.replaceAll('%', '%25')}`);
  else console.log(`${level}: ${text}`);
}

function reportOf({ stdout }) {
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

/** Every advisory once, the worst first; a package that only carries another one's fault is not counted again. */
function advisoriesOf(vulnerabilities) {
  const found = Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((each) => typeof each === 'object');
  const byUrl = new Map(found.map((each) => [`${each.url} ${each.name}`, each]));
  return [...byUrl.values()].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.name < b.name ? -1 : 1),
  );
}

/** Says what was found. Returns whether it may stay. */
function judge({ vulnerabilities, metadata }) {
  for (const { severity, name, range, title, url } of advisoriesOf(vulnerabilities)) {
    const level = FAILING.includes(severity) ? 'error' : 'warning';
    say(level, lineOf(`${severity}: ${name} ${range}: ${title}, ${url}`));
  }
  const counts = metadata.vulnerabilities;
  const shown = SEVERITIES.map((each) => `${counts[each]} ${each}`).join(', ');
  console.log(`packages with known faults: ${shown}`);
  return FAILING.every((severity) => counts[severity] === 0);
}

const run = spawnSync('npm', ARGS, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
const report = reportOf(run);
if (report?.metadata?.vulnerabilities !== undefined) {
  if (!judge(report)) process.exitCode = 1;
} else if (typeof report?.message === 'string') {
  const reason = lineOf(report.message);
  say('warning', `the registry tells no known faults, so none were looked up: ${reason}`);
} else {
  say('error', lineOf(`npm audit did not run: ${report?.error?.summary ?? run.error ?? run.stderr}`));
  process.exitCode = 1;
}
