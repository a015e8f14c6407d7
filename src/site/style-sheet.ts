// The style sheet of the report's page: light and dark by the reader's choice, and no wider than a phone.

/**
 * The charts are drawn with the colours of mails on white paper; in the dark their colours are exchanged one by one, which style
 * sheets may do since they go before the attributes of a drawing.
 */
export const STYLE_SHEET = `:root {
  color-scheme: light dark;
  --page: #eef1f4;
  --card: #ffffff;
  --ink: #1f2933;
  --soft: #52606d;
  --rule: #dfe3e8;
  --link: #1d4ed8;
  --badge: #52606d;
  --urgent: #b42318;
}

* { box-sizing: border-box; }

body {
  margin: 0;
  background: var(--page);
  color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  overflow-wrap: anywhere;
}

header, main, footer { max-width: 1280px; margin: 0 auto; padding: 0 16px; }
header { padding-top: 24px; }
footer { padding-bottom: 32px; color: var(--soft); font-size: 14px; }
main:focus { outline: none; }

h1 { margin: 0; font-size: 26px; line-height: 1.2; }
h2 { margin: 0 0 8px; font-size: 20px; line-height: 1.3; }
h3 { margin: 16px 0 6px; font-size: 16px; line-height: 1.4; }
p { margin: 8px 0; }
section p { max-width: 75ch; }
ul { margin: 4px 0; padding-left: 22px; }
a { color: var(--link); }
code { font-family: ui-monospace, Consolas, Menlo, 'DejaVu Sans Mono', monospace; font-size: 0.92em; }

:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }

.skip { position: absolute; left: -10000px; padding: 8px 12px; background: var(--card); }
.skip:focus { left: 8px; top: 8px; }

nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 4px 0; }

section {
  margin: 16px 0;
  padding: 16px;
  background: var(--card);
  border: 1px solid var(--rule);
  border-radius: 8px;
}

article { padding: 4px 0 8px; border-top: 1px solid var(--rule); }
h2 + article { border-top: 0; }
article h3 { margin-top: 8px; }

.badge {
  display: inline-block;
  padding: 1px 8px;
  border-radius: 4px;
  background: var(--badge);
  color: #ffffff;
  font-size: 13px;
  letter-spacing: 0.02em;
}
.badge.urgent { background: var(--urgent); }

.scroll { overflow-x: auto; margin: 8px 0; border: 1px solid var(--rule); border-radius: 6px; }
table { border-collapse: collapse; min-width: 100%; font-size: 14px; line-height: 1.4; }
caption { padding: 8px; text-align: left; color: var(--soft); }
th, td { padding: 6px 8px; border-top: 1px solid var(--rule); text-align: left; vertical-align: top; }
th, td { overflow-wrap: normal; min-width: 5ch; max-width: 44ch; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { position: sticky; left: 0; min-width: 12ch; max-width: 40vw; background: var(--card); font-weight: 600; overflow-wrap: anywhere; }
td code { overflow-wrap: break-word; }
td + td:not(.number) { min-width: 11ch; }
.long { min-width: 32ch; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead .number { white-space: normal; }

details { margin: 8px 0; }
summary { padding: 4px 0; cursor: pointer; }

.charts { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; }
.charts svg {
  flex: 1 1 300px;
  min-width: 0;
  max-width: 400px;
  height: auto;
  border: 1px solid var(--rule);
  border-radius: 6px;
  font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
}

dl { margin: 0; }
dl div { display: flex; flex-wrap: wrap; gap: 0 8px; }
dt { min-width: 8em; }
dd { margin: 0; }

@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181d;
    --card: #1d232a;
    --ink: #e6eaee;
    --soft: #a9b4bf;
    --rule: #38424d;
    --link: #8ab4ff;
    --badge: #5b6875;
    --urgent: #c4392d;
  }
  svg [fill='#ffffff'] { fill: #1d232a; }
  svg [fill='#1f2933'] { fill: #e6eaee; }
  svg [fill='#52606d'] { fill: #a9b4bf; }
  svg [fill='#b42318'] { fill: #ff8a80; }
  svg [fill='#1d4ed8'] { fill: #8ab4ff; }
  svg [fill='#e58a80'] { fill: #a8453b; }
  svg [fill='#f2c46d'] { fill: #8a6a1e; }
  svg [fill='#e4e7eb'] { fill: #4a5560; }
  svg [fill='#9db8f2'] { fill: #3f5fa8; }
  svg [stroke='#1f2933'] { stroke: #e6eaee; }
  svg [stroke='#52606d'] { stroke: #a9b4bf; }
  svg [stroke='#dfe3e8'] { stroke: #38424d; }
  svg [stroke='#1d4ed8'] { stroke: #8ab4ff; }
  svg [stroke='#b42318'] { stroke: #ff8a80; }
}

@media print {
  body { background: #ffffff; }
  section { border: 0; padding: 0; }
  .scroll { overflow: visible; }
  nav, .skip { display: none; }
}
`;
