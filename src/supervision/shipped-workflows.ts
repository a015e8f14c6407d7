// What Warden ships to GitHub Actions: its workflows with their schedules, and the secrets and variables that they read by name.

interface ShippedWorkflow {
  /** `.github/workflows/reconcile.yml`. */
  readonly path: string;
  /** Lines below `on.schedule`, UTC; none of those that are started only by events or people. */
  readonly crons: readonly string[];
  /** `false`: Warden does its work without it. */
  readonly isNeeded: boolean;
  /** What does not happen while it is off. */
  readonly without: string;
}

/** A test holds this list to the files. */
export const SHIPPED_WORKFLOWS: readonly ShippedWorkflow[] = [
  {
    path: '.github/workflows/app.yml',
    crons: ['3 1,7,13,19 * * *'],
    isNeeded: false,
    without: 'pull requests and commands are answered only by the app as a server',
  },
  {
    path: '.github/workflows/ingest.yml',
    crons: [],
    isNeeded: true,
    without: 'no signals are taken from events or files of the repository',
  },
  {
    path: '.github/workflows/kernel.yml',
    crons: [],
    isNeeded: false,
    without: 'nobody stops PINK from here',
  },
  {
    path: '.github/workflows/pages.yml',
    crons: ['37 4 * * *'],
    isNeeded: false,
    without: 'the report is no site',
  },
  {
    path: '.github/workflows/reconcile.yml',
    crons: ['13,43 * * * *'],
    isNeeded: true,
    without: 'no signal is settled',
  },
  {
    path: '.github/workflows/supervise.yml',
    crons: ['51 3 * * *'],
    isNeeded: true,
    without: 'nobody watches whether the other jobs run',
  },
  {
    path: '.github/workflows/train.yml',
    crons: ['27 2 * * *'],
    isNeeded: true,
    without: 'no model is trained',
  },
];

/** `.github/workflows/train.yml` → `train.yml`, as `gh` and GitHub's pages name it. */
export function workflowFile(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Names in the settings of a repository; docs/setup.md says what each is for. */
export const APP_SECRETS = ['WARDEN_APP_ID', 'WARDEN_APP_PRIVATE_KEY'] as const;
export const MAIL_SECRETS = ['SMTP_URL', 'MAIL_FROM', 'META_EMAIL_TO'] as const;
export const EQUITY_SECRETS = ['APCA_API_KEY_ID', 'APCA_API_SECRET_KEY'] as const;
