// A pull request of the demo as its page shows it: what GitHub holds of it, read once, in plain values.

/** One member of the talk under a pull request; what happened has words only where GitHub shows some. */
export interface ShownEvent {
  readonly kind: 'comment' | 'commit' | 'review' | 'merged' | 'closed';
  /** A login. */
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Markdown of a comment or a review, the message of a commit, the commit of a merge, nothing for what was closed. */
  readonly body: string;
}

/** Colours are six hexadecimal digits without `#`; instants are ISO 8601, UTC; texts are Markdown as it was written. */
export interface PullShown {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly branch: string;
  readonly baseBranch: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly mergedBy: string | null;
  readonly mergedAt: string | null;
  readonly createdAt: string;
  readonly labels: readonly { readonly name: string; readonly color: string }[];
  readonly body: string;
  /** The newest of each name on the newest commit. */
  readonly checks: readonly {
    readonly name: string;
    /** `success`, `failure`, `action_required` and the like; `pending` while it runs. */
    readonly conclusion: string;
    readonly title: string;
    readonly summary: string;
  }[];
  /** What the branch changes, as a unified diff of each file. */
  readonly files: readonly { readonly path: string; readonly diff: string }[];
  /** Oldest first. */
  readonly timeline: readonly ShownEvent[];
}
