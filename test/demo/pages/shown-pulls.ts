// Pull requests for the tests of pages, made of the texts that the story of a class left on GitHub.

import { readFileSync } from 'node:fs';
import type { PageOptions } from '../../../src/demo/pages/page-frame.ts';
import type { PullShown } from '../../../src/demo/pull-shown.ts';

/** Returns a text of the story. */
export function storyText(name: string): string {
  return readFileSync(new URL(`../../golden/story/${name}.md`, import.meta.url), 'utf8');
}

export const OPTIONS: PageOptions = {
  repository: 'acme/alpha',
  homePath: 'index.html',
  hasCharts: true,
  resolveLink: (url) => url,
};

const DIFF = `diff --git a/config/kill-list.yaml b/config/kill-list.yaml
index 1c2b3a4..5d6e7f8 100644
--- a/config/kill-list.yaml
+++ b/config/kill-list.yaml
@@ -1,8 +1,11 @@
 # Which strategies may enter. Changed by pull request only.
 
 macro: # two agents, one idea
-  status: ENABLED
+  status: DISABLED
+  reason: "DISABLE proposed (macro/1, 2021-07-30 09:00)."
+  since: "2021-07-30T09:00:00.000Z"
+  episode: macro/1
   max_cvar_sigma: 4.0 # agreed in January
 
 arb:
   status: ENABLED
`;

/** A class that is disabled: opened, asked about, approved, merged and acknowledged. */
export const MERGED: PullShown = {
  number: 2,
  title: '[AUTO] Disable strategy: macro',
  author: 'warden[bot]',
  branch: 'warden/disable/macro/1',
  baseBranch: 'main',
  state: 'merged',
  mergedBy: 'ada',
  mergedAt: '2021-08-04T00:00:00.000Z',
  createdAt: '2021-07-30T16:00:00.000Z',
  labels: [
    { name: 'warden', color: '5319e7' },
    { name: 'warden/disable', color: 'b60205' },
    { name: 'urgent', color: 'fbca04' },
  ],
  body: storyText('disable-updated'),
  checks: [
    {
      name: 'warden/config',
      conclusion: 'success',
      title: 'The configuration is valid',
      summary: 'Nothing to remark.',
    },
    { name: 'warden/proposal', conclusion: 'success', title: 'Still true as of 2021-08-03', summary: '' },
  ],
  files: [{ path: 'config/kill-list.yaml', diff: DIFF }],
  timeline: [
    {
      kind: 'commit',
      author: 'warden[bot]',
      at: '2021-07-30T16:00:00.000Z',
      body: 'Disable strategy: macro\n\nVerdict 4dc8',
    },
    { kind: 'comment', author: 'ada', at: '2021-08-03T12:00:00.000Z', body: '/warden explain macro' },
    {
      kind: 'comment',
      author: 'warden[bot]',
      at: '2021-08-03T12:00:10.000Z',
      body: storyText('answer-explain'),
    },
    { kind: 'review', author: 'bob', at: '2021-08-03T20:00:00.000Z', body: 'approved these changes' },
    {
      kind: 'merged',
      author: 'ada',
      at: '2021-08-04T00:00:00.000Z',
      body: 'deff7f25b0ae167a4387af22db2cc79e2869ff25',
    },
    {
      kind: 'comment',
      author: 'warden[bot]',
      at: '2021-08-04T00:05:00.000Z',
      body: storyText('merged-acknowledged'),
    },
  ],
};

const HOSTILE =
  '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script></div></main><style>*{display:none}</style>';

/** A pull request of which every text is of somebody who would like to run a script. */
export const HOSTILE_PULL: PullShown = {
  ...MERGED,
  number: 3,
  title: HOSTILE,
  author: HOSTILE,
  branch: HOSTILE,
  state: 'closed',
  mergedBy: null,
  mergedAt: null,
  labels: [{ name: HOSTILE, color: 'red;background:url(//x)' }],
  body: `${HOSTILE}\n\n[a](javascript:window.hacked=1) [b](data:text/html,x) [c](//evil.example) [d](https://evil.example/?a="b")\n\n</details></article>\n\n<details><summary>open\n\n\`\`\`mermaid\nflowchart LR\n  a["<img src=x onerror=window.hacked=1>"] --> b\n  click a "javascript:window.hacked=1"\n\`\`\`\n\n\`\`\`mermaid\nno chart ${HOSTILE}\n\`\`\`\n\n<svg onload=window.hacked=1> ![p](https://evil.example/p.png)`,
  checks: [{ name: HOSTILE, conclusion: 'failure', title: HOSTILE, summary: HOSTILE }],
  files: [{ path: HOSTILE, diff: `@@ -1 +1 @@\n-${HOSTILE}\n+${HOSTILE}\u202e\n` }],
  timeline: [
    { kind: 'commit', author: HOSTILE, at: HOSTILE, body: HOSTILE },
    { kind: 'comment', author: HOSTILE, at: HOSTILE, body: HOSTILE },
    { kind: 'closed', author: HOSTILE, at: '2021-08-04T00:00:00.000Z', body: '' },
  ],
};
