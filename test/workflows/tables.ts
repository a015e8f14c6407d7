// What workflows are granted: the actions they may use, and per job its command, its permissions and its secrets. To widen one is to edit it here too.

/** Action → the one commit that may be used, and the version it is. */
export const PINS: Readonly<Record<string, readonly [commit: string, version: string]>> = {
  'actions/cache': ['55cc8345863c7cc4c66a329aec7e433d2d1c52a9', 'v6.1.0'],
  'actions/checkout': ['3d3c42e5aac5ba805825da76410c181273ba90b1', 'v7.0.1'],
  'actions/deploy-pages': ['cd2ce8fcbc39b97be8ca5fce6e763baed58fa128', 'v5.0.0'],
  'actions/setup-node': ['249970729cb0ef3589644e2896645e5dc5ba9c38', 'v6.5.0'],
  'actions/upload-pages-artifact': ['fc324d3547104276b827a68afc52ff2a11cc49c9', 'v5.0.0'],
};

/** Actions of the checkout itself. */
export const LOCAL_ACTIONS: readonly string[] = ['./.github/actions/setup'];

export interface Grant {
  /** The whole of the one step that runs something. */
  readonly run: string;
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** Variable → the expression of the secret it holds. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Its other variables, which anybody may know. */
  readonly plain: readonly string[];
}

const TOKEN = { GITHUB_TOKEN: '${{ github.token }}' };
const APP = {
  WARDEN_APP_ID: '${{ secrets.WARDEN_APP_ID }}',
  WARDEN_APP_PRIVATE_KEY: '${{ secrets.WARDEN_APP_PRIVATE_KEY }}',
};
const MAIL = {
  SMTP_URL: '${{ secrets.SMTP_URL }}',
  MAIL_FROM: '${{ secrets.MAIL_FROM }}',
  META_EMAIL_TO: '${{ secrets.META_EMAIL_TO }}',
};
const ALPACA = {
  APCA_API_KEY_ID: '${{ secrets.APCA_API_KEY_ID }}',
  APCA_API_SECRET_KEY: '${{ secrets.APCA_API_SECRET_KEY }}',
};
const PUBLISHES = { checks: 'write', contents: 'write', issues: 'write', 'pull-requests': 'write' } as const;
const KERNEL: Grant = {
  run: 'node dist/cli.js kernel ctl',
  permissions: { contents: 'read' },
  secrets: {},
  plain: ['PINK_CONTROL_SOCKET', 'WARDEN_INPUTS'],
};

/** By `workflow.job`. */
export const GRANTS: Readonly<Record<string, Grant>> = {
  'app.app': {
    run: 'node dist/cli.js app --event',
    permissions: { actions: 'write', ...PUBLISHES },
    secrets: { ...TOKEN, ...APP },
    plain: ['WARDEN_INPUTS'],
  },
  'check.audit': { run: 'npm run -s audit', permissions: { contents: 'read' }, secrets: {}, plain: [] },
  'check.check': { run: 'npm cit', permissions: { contents: 'read' }, secrets: {}, plain: [] },
  'ingest.ingest': {
    run: 'node dist/cli.js run ingest',
    permissions: { contents: 'write', issues: 'write' },
    secrets: { ...TOKEN, ...APP },
    plain: ['WARDEN_INPUTS'],
  },
  'kernel.now': KERNEL,
  'kernel.approved': KERNEL,
  'pages.pages': {
    run: 'node dist/cli.js run report --out site',
    permissions: { contents: 'read', 'id-token': 'write', pages: 'write' },
    secrets: TOKEN,
    plain: ['WARDEN_SCHEDULE'],
  },
  'reconcile.reconcile': {
    run: 'node dist/cli.js run reconcile',
    permissions: PUBLISHES,
    secrets: { ...TOKEN, ...APP, ...ALPACA, ...MAIL },
    plain: ['WARDEN_INPUTS', 'WARDEN_SCHEDULE'],
  },
  'supervise.supervise': {
    run: 'node dist/cli.js run supervise',
    permissions: { actions: 'write', ...PUBLISHES },
    secrets: { ...TOKEN, ...APP, ...MAIL },
    plain: ['WARDEN_INPUTS', 'WARDEN_SCHEDULE'],
  },
  'train.train': {
    run: 'node dist/cli.js run train',
    permissions: { contents: 'write', issues: 'write' },
    secrets: { ...TOKEN, ...APP },
    plain: ['WARDEN_INPUTS', 'WARDEN_SCHEDULE'],
  },
};

/** Workflow → what starts it. Each is run in `jobs.process.ts` or `run.process.ts`. */
export const EVENTS: Readonly<Record<string, readonly string[]>> = {
  app: [
    ...['pull_request_target', 'pull_request_review', 'issue_comment', 'issues', 'push'],
    ...['schedule', 'workflow_dispatch'],
  ],
  check: ['pull_request', 'push', 'workflow_dispatch'],
  ingest: ['repository_dispatch', 'workflow_dispatch'],
  kernel: ['workflow_dispatch'],
  pages: ['schedule', 'workflow_dispatch'],
  reconcile: ['schedule', 'workflow_dispatch'],
  supervise: ['schedule', 'workflow_dispatch'],
  train: ['schedule', 'workflow_dispatch'],
};
