// The style sheet of the demo's pages: the look of GitHub, light and dark by the reader's choice, and no wider than a phone.

/** One sheet for all pages. Colours are those of GitHub, darkened where words on them were hard to read. */
export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --page: #ffffff;
  --inset: #f6f8fa;
  --ink: #1f2328;
  --soft: #59636e;
  --rule: #d1d9e0;
  --link: #0969da;
  --code: #818b981f;
  --open: #1a7f37;
  --merged: #8250df;
  --closed: #cf222e;
  --passed: #1a7f37;
  --failed: #cf222e;
  --waiting: #9a6700;
  --added: #dafbe1;
  --added-line: #aceebb;
  --removed: #ffebe9;
  --removed-line: #ffcecb;
  --hunk: #ddf4ff;
}

@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117;
    --inset: #151b23;
    --ink: #f0f6fc;
    --soft: #9198a1;
    --rule: #3d444d;
    --link: #4493f8;
    --code: #656c7633;
    --open: #1f7a33;
    --merged: #8250df;
    --closed: #c93c37;
    --passed: #3fb950;
    --failed: #f85149;
    --waiting: #d29922;
    --added: #12261e;
    --added-line: #1c4428;
    --removed: #25171c;
    --removed-line: #542426;
    --hunk: #121d2f;
  }
}

* { box-sizing: border-box; }

body {
  margin: 0;
  background: var(--page);
  color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif;
  overflow-wrap: anywhere;
}

a { color: var(--link); }
a:not([href]) { color: inherit; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 12px; }
code { padding: 2px 5px; border-radius: 6px; background: var(--code); }
pre { margin: 0 0 16px; padding: 12px 16px; overflow-x: auto; border-radius: 6px; background: var(--inset); line-height: 1.45; overflow-wrap: normal; }
pre code { padding: 0; background: none; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

.top { padding: 0 16px; border-bottom: 1px solid var(--rule); background: var(--inset); font-weight: 600; }
.top p { margin: 0 auto; padding: 14px 0; max-width: 1216px; }
main { max-width: 1248px; margin: 0 auto; padding: 8px 16px 24px; }
main:focus { outline: none; }
footer { max-width: 1248px; margin: 0 auto; padding: 8px 16px 24px; color: var(--soft); font-size: 12px; }
.soft { color: var(--soft); }
.skip, .unseen { position: absolute; left: -10000px; }
.skip { padding: 8px 12px; background: var(--page); }
.skip:focus { left: 8px; top: 8px; }
.icon { flex: none; vertical-align: -3px; }

h1 { margin: 16px 0 8px; font-size: 26px; font-weight: 400; line-height: 1.25; }
h1 .number { color: var(--soft); font-weight: 300; }
h2 { margin: 24px 0 8px; font-size: 16px; line-height: 1.4; }

.status { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 0 0 16px; color: var(--soft); }
.status .author { color: var(--ink); }
.status code { color: var(--link); }
.state { padding: 5px 12px; border-radius: 100px; color: #ffffff; font-weight: 500; white-space: nowrap; }
.state.open { background: var(--open); }
.state.merged { background: var(--merged); }
.state.closed { background: var(--closed); }
.bot { padding: 0 6px; border: 1px solid var(--rule); border-radius: 100px; color: var(--soft); font-size: 12px; font-weight: 500; }

.tabs ul { display: flex; flex-wrap: wrap; gap: 0 24px; margin: 0; padding: 0; list-style: none; border-bottom: 1px solid var(--rule); }
.tabs a { display: inline-block; padding: 8px 0; color: var(--ink); text-decoration: none; }
.tabs a:hover { text-decoration: underline; }
.count { display: inline-block; min-width: 20px; padding: 0 6px; border-radius: 100px; background: var(--code); font-size: 12px; text-align: center; }

.columns { display: grid; grid-template-columns: minmax(0, 1fr) 256px; gap: 24px; margin-top: 16px; }
.facts h2 { margin: 0 0 4px; color: var(--soft); font-size: 12px; }
.facts h2 + * { margin: 0 0 16px; padding-bottom: 16px; border-bottom: 1px solid var(--rule); }
.facts ul { padding-left: 0; list-style: none; }
.facts li { margin: 4px 0; }
.facts .labels { display: flex; flex-wrap: wrap; gap: 4px; }
.facts .labels li { margin: 0; }
.label { display: inline-block; padding: 0 8px; border-radius: 100px; font-size: 12px; font-weight: 500; line-height: 20px; }

.avatar { display: inline-block; width: 20px; height: 20px; border-radius: 50%; color: #ffffff; font-size: 11px; font-weight: 600; line-height: 20px; text-align: center; }
.avatar.square { border-radius: 6px; }
.hue-0 { background: #0969da; }
.hue-1 { background: #8250df; }
.hue-2 { background: #bf3989; }
.hue-3 { background: #1a7f37; }
.hue-4 { background: #9a6700; }
.hue-5 { background: #bc4c00; }

.talk { position: relative; padding-left: 56px; }
.talk::before { content: ''; position: absolute; left: 72px; top: 0; bottom: 0; width: 2px; background: var(--rule); }
.comment { position: relative; margin-bottom: 16px; }
.comment > .avatar { position: absolute; left: -56px; width: 40px; height: 40px; font-size: 18px; line-height: 40px; }
.bubble { position: relative; border: 1px solid var(--rule); border-radius: 6px; background: var(--page); }
.bubble > header { padding: 8px 16px; border-bottom: 1px solid var(--rule); border-radius: 6px 6px 0 0; background: var(--inset); color: var(--soft); }
.bubble .author { color: var(--ink); }
.bubble > .markdown { padding: 16px; }
.event { position: relative; display: flex; gap: 8px; margin: 0 0 16px; padding: 4px 0 4px 2px; color: var(--soft); }
.event .author { color: var(--ink); }
.event .mark { display: flex; flex: none; align-items: center; justify-content: center; width: 32px; height: 32px; margin-top: -6px; border: 2px solid var(--page); border-radius: 50%; background: var(--inset); }
.event.merged .mark { background: var(--merged); color: #ffffff; }
.event.closed .mark { background: var(--closed); color: #ffffff; }
.event.passed .mark { background: var(--open); color: #ffffff; }
.message { color: var(--ink); }

.markdown > :first-child { margin-top: 0; }
.markdown > :last-child { margin-bottom: 0; }
.markdown p, .markdown ul, .markdown ol, .markdown blockquote { margin: 0 0 16px; }
.markdown h1, .markdown h2 { margin: 24px 0 16px; padding-bottom: 5px; border-bottom: 1px solid var(--rule); font-size: 20px; font-weight: 600; }
.markdown h3 { margin: 24px 0 12px; font-size: 17.5px; line-height: 1.25; }
.markdown h4 { margin: 20px 0 12px; font-size: 14px; line-height: 1.25; }
.markdown ul, .markdown ol { padding-left: 2em; }
.markdown li + li { margin-top: 4px; }
.markdown li:has(> input), .markdown li:has(> p > input) { list-style: none; }
.markdown li input { margin: 0 4px 0 -20px; vertical-align: -2px; }
.markdown details { margin: 0 0 16px; }
.markdown details > :nth-child(2) { margin-top: 12px; }
.markdown summary, .checks summary { cursor: pointer; }
.markdown hr { height: 4px; margin: 24px 0; border: 0; background: var(--rule); }
.markdown sub { font-size: 11px; }
.markdown blockquote { padding: 0 16px; border-left: 4px solid var(--rule); color: var(--soft); }
.markdown .alert { padding: 8px 16px; color: inherit; border-left-color: var(--link); }
.markdown .alert p:last-child { margin-bottom: 0; }
.markdown .alert-title { margin-bottom: 8px; font-weight: 600; }
.markdown .alert-warning { border-left-color: var(--waiting); }
.markdown .alert-warning .alert-title { color: var(--waiting); }
.markdown .alert-caution { border-left-color: var(--failed); }
.markdown .alert-caution .alert-title { color: var(--failed); }
.scroll { max-width: 100%; overflow-x: auto; margin: 0 0 16px; }
.markdown table { border-collapse: collapse; overflow-wrap: normal; }
.markdown th, .markdown td { padding: 6px 13px; border: 1px solid var(--rule); }
.markdown th { font-weight: 600; }
.markdown td, .markdown td code { overflow-wrap: break-word; }
.markdown td + td:not([align]) { min-width: 11ch; }
.markdown tr:nth-child(2n) td { background: var(--inset); }
.chart { margin: 0 0 16px; padding: 8px; border: 1px solid var(--rule); border-radius: 6px; }
.chart details { margin: 0; }
.chart pre { margin-bottom: 0; }
.drawing + details { display: none; }
.drawing .background { fill: none; }
.drawing svg { display: block; width: 100%; height: auto; margin: 0 auto; }

.box { margin: 24px 0; border: 1px solid var(--rule); border-radius: 6px; }
.box > h2 { margin: 0; padding: 12px 16px; }
.checks { margin: 0; padding: 0; list-style: none; }
.checks li { padding: 8px 16px; border-top: 1px solid var(--rule); }
.checks p { margin: 0; }
.checks .markdown { padding: 12px 0 4px 20px; }
.check.passed { color: var(--passed); }
.check.failed { color: var(--failed); }
.check.waiting { color: var(--waiting); }

.size { font-size: 12px; font-weight: 600; }
.plus { color: var(--passed); }
.minus { color: var(--failed); }
.file { margin: 8px 0 16px; }
.file h3 { display: flex; flex-wrap: wrap; gap: 8px; justify-content: space-between; margin: 0; padding: 8px 16px; border-bottom: 1px solid var(--rule); background: var(--inset); font-size: 14px; font-weight: 400; }
.file h3 code { padding: 0; background: none; }
.file .scroll { margin: 0; }
.diff { width: 100%; border-collapse: collapse; font: 12px/20px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.diff td { padding: 0; vertical-align: top; }
.diff .line { width: 1%; min-width: 44px; padding: 0 10px; color: var(--soft); text-align: right; user-select: none; }
.diff .sign { width: 1%; padding: 0 4px 0 10px; user-select: none; }
.diff .code { white-space: pre-wrap; padding-right: 10px; }
.diff .added { background: var(--added); }
.diff .added .line { background: var(--added-line); color: var(--ink); }
.diff .removed { background: var(--removed); }
.diff .removed .line { background: var(--removed-line); color: var(--ink); }
.diff .hunk { background: var(--hunk); }
.diff .hunk td, .diff .note td { color: var(--soft); }

.terminal { padding: 16px; white-space: pre-wrap; overflow-wrap: anywhere; }
.links ul { margin: 0; padding: 0 16px 8px; list-style: none; }
.links li { padding: 8px 0; border-top: 1px solid var(--rule); color: var(--soft); }
.mail { padding: 0 16px 16px; }
.mail > h2 { padding: 12px 0 0; }
.mail > p { margin: 0 0 12px; }
.mail img { width: 560px; max-width: 100%; height: auto; background: #ffffff; }
.mail pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }

@media (min-width: 768px) {
  .markdown td[align='right'] { white-space: nowrap; }
}

@media (max-width: 767px) {
  h1 { font-size: 22px; }
  .columns { grid-template-columns: minmax(0, 1fr); }
  .talk { padding-left: 0; }
  .talk::before { left: 17px; }
  .comment > .avatar { display: none; }
  .bubble > .markdown { padding: 12px; }
  .markdown th, .markdown td { padding: 5px 8px; }
  .diff .line { min-width: 32px; padding: 0 6px; }
}
`;
