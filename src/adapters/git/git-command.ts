// Runs git: bounded in time, never asking anybody anything, and with a token that no other process can see.

import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { err, ok, type Result } from '../../domain/result.ts';

/** What git said where it did not succeed. */
export interface GitFault {
  /** `null`: it was ended, because it took too long or the machine needed its memory. */
  readonly exitCode: number | null;
  /** Its last words, on one line. */
  readonly message: string;
  /** What it wrote to its standard output all the same: `push --porcelain` answers there for every ref. */
  readonly output: string;
}

interface GitOptions {
  readonly cwd: string;
  /**
   * Whose configuration counts. `own`: none at all, for folders that only Warden uses. `user`: that of the person and the
   * repository, since it says how to reach the remote.
   */
  readonly config: 'own' | 'user';
  /** Sent to the remote at `url` where there is one. It reaches git by its environment: arguments are seen by everybody. */
  readonly login?: { readonly url: string; readonly token: string } | null;
  readonly indexFile?: string;
  /** Who commits, and when, epoch milliseconds; default: what git knows. */
  readonly author?: { readonly name: string; readonly email: string; readonly atMs: number };
}

const GIT_MS_MAX = 120_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/** Runs `git …args` and returns its standard output without the newline at the end. */
export function git(args: readonly string[], options: GitOptions): Promise<Result<string, GitFault>> {
  const settings = {
    cwd: options.cwd,
    env: environmentOf(options),
    timeout: GIT_MS_MAX,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_BYTES_MAX,
    windowsHide: true,
  } as const;
  return new Promise((resolve, reject) => {
    execFile('git', [...args], settings, (error, stdout, stderr) => {
      if (error === null) return resolve(ok(stdout.replace(/\n$/, '')));
      if (error.code === 'ENOENT')
        return resolve(err({ exitCode: null, message: 'git cannot be run: install it', output: '' }));
      if (error.killed === true)
        return resolve(
          err({ exitCode: null, message: `took longer than ${GIT_MS_MAX / 1000} s`, output: stdout }),
        );
      if (typeof error.signal === 'string')
        return resolve(err({ exitCode: null, message: `was ended by ${error.signal}`, output: stdout }));
      if (typeof error.code !== 'number') return reject(error);
      const said = stderr === '' ? stdout : stderr;
      resolve(err({ exitCode: error.code, message: wordsOf(said, options.login?.token), output: stdout }));
    });
  });
}

/** Where a hook or another git started us, these point at its repository. */
const OF_A_REPOSITORY = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
];

function environmentOf({ config, login, indexFile, author }: GitOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of OF_A_REPOSITORY) delete env[name];
  if (config === 'own') {
    env['GIT_CONFIG_NOSYSTEM'] = '1';
    env['GIT_CONFIG_GLOBAL'] = devNull;
    delete env['GIT_CONFIG_PARAMETERS'];
    delete env['GIT_CONFIG_COUNT'];
  }
  if (indexFile !== undefined) env['GIT_INDEX_FILE'] = indexFile;
  for (const role of author === undefined ? [] : ['AUTHOR', 'COMMITTER']) {
    env[`GIT_${role}_NAME`] = author?.name;
    env[`GIT_${role}_EMAIL`] = author?.email;
    env[`GIT_${role}_DATE`] = `@${Math.floor((author?.atMs ?? 0) / 1000)} +0000`;
  }
  if (login != null && /^https?:/.test(login.url)) {
    const basic = Buffer.from(`x-access-token:${login.token}`).toString('base64');
    const place = Number(env['GIT_CONFIG_COUNT'] ?? 0);
    env['GIT_CONFIG_COUNT'] = String(place + 1);
    env[`GIT_CONFIG_KEY_${place}`] = `http.${new URL(login.url).origin}/.extraHeader`;
    env[`GIT_CONFIG_VALUE_${place}`] = `Authorization: Basic ${basic}`;
  }
  // What git starts to reach the remote is not ended with it, so that has to give up by itself.
  env['GIT_HTTP_LOW_SPEED_LIMIT'] ??= '1';
  env['GIT_HTTP_LOW_SPEED_TIME'] ??= String(GIT_MS_MAX / 2000);
  return { ...env, GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '', LC_ALL: 'C' };
}

/** Git says what is wrong on lines that begin so, and gives advice below. */
function wordsOf(text: string, token: string | undefined): string {
  const lines = text.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /^(fatal|error|remote): /.test(line));
  const chosen = telling.length > 0 ? telling : lines.filter((line) => line !== '').slice(-1);
  const words = chosen.map((line) => line.replace(/^(fatal|error|remote): /, '').replace(/\.$/, ''));
  const said = words.join('; ');
  // Before it is cut, which could leave half of a token.
  return (token === undefined ? said : said.replaceAll(token, '***')).slice(0, 300);
}
