// People and teams who are told by name: the only mentions that Warden ever writes.

const MENTIONED = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?$/;

/** Returns `@login @org/team ` for those that are a login or a team, each once, or an empty text. */
export function mentionsOf(reviewers: readonly string[]): string {
  const names = [...new Set(reviewers.map((each) => each.replace(/^@/, '')))].filter((each) =>
    MENTIONED.test(each),
  );
  return names.map((each) => `@${each} `).join('');
}
