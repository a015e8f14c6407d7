// A mail as HTML for mail clients: tables and inline styles, 600 pixels at most, readable on a phone, in the dark and without
// pictures. Nothing is loaded from anywhere: charts are parts of the message.

import type { MailChart } from './mail-charts.ts';
import type { MailContent } from './mail-content.ts';
import type { MailFact, MailSection } from './mail-sections.ts';
import { FOOTER, leftOutText } from './mail-text.ts';
import { xmlText } from './outside-text.ts';

/** Pixels; narrower where the screen is. */
const CHART_WIDTH_MAX = 520;

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONO = "font-family:ui-monospace,Consolas,Menlo,'DejaVu Sans Mono',monospace";

/** Clients that drop a style sheet show the light colours, which are inline. */
const DARK_STYLES = `@media (prefers-color-scheme: dark) {
  .page { background: #14181d !important }
  .card { background: #1d232a !important; border-color: #38424d !important }
  .ink { color: #e6eaee !important }
  .soft { color: #a9b4bf !important }
  .code { background: #2a323b !important; color: #e6eaee !important }
  .rule { border-color: #38424d !important }
}`;

/** Returns the HTML body; all outside text in it is escaped. Charts are shown by their `cid`. */
export function mailHtml(content: MailContent): string {
  const { subject, lead, sections, leftOut, charts, doesItself, next, commands, asOf } = content;
  const body = [
    `<h1 class="ink" style="margin:0 0 12px;font-size:20px;line-height:1.3;color:#1f2933">${breakable(subject)}</h1>`,
    paragraph(lead),
    ...sections.map(sectionHtml),
    ...(leftOut > 0 ? [paragraph(leftOutText(leftOut))] : []),
    ...charts.map(chartHtml),
    heading('What Warden does by itself'),
    paragraph(doesItself),
    heading('What to do next'),
    paragraph(next),
    ...commands.map(commandHtml),
    `<p class="soft" style="margin:24px 0 0;font-size:12px;line-height:1.5;color:#52606d">As of ${xmlText(asOf)}. ${FOOTER}</p>`,
  ].join('\n');
  return page(subject, body);
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${xmlText(title)}</title>
<style>
${DARK_STYLES}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#eef1f4;${FONT}">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#eef1f4">
<tr><td align="center" style="padding:16px 8px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" ${cardStyle()}>
<tr><td style="padding:20px 16px;${FONT}">
${body}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

function cardStyle(): string {
  return 'style="max-width:600px;background:#ffffff;border:1px solid #dfe3e8;border-radius:8px;text-align:left"';
}

function heading(words: string): string {
  return `<h2 class="ink" style="margin:24px 0 6px;font-size:15px;line-height:1.4;color:#1f2933">${breakable(words)}</h2>`;
}

function paragraph(words: string): string {
  return `<p class="ink" style="margin:0 0 8px;font-size:14px;line-height:1.5;color:#1f2933">${breakable(words)}</p>`;
}

function sectionHtml(section: MailSection): string {
  const rows = section.facts.map(factHtml).join('\n');
  return `${heading(section.heading)}
<table width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse">
${rows}
</table>`;
}

function factHtml({ label, value }: MailFact): string {
  const cell = 'padding:5px 0;border-top:1px solid #dfe3e8;font-size:14px;line-height:1.4;vertical-align:top';
  return (
    `<tr><th scope="row" class="soft rule" align="left" style="${cell};width:100px;padding-right:8px;` +
    `font-weight:normal;color:#52606d">${xmlText(label)}</th>` +
    `<td class="ink rule" style="${cell};color:#1f2933">${breakable(value)}</td></tr>`
  );
}

function chartHtml({ cid, alt }: MailChart): string {
  const style = `display:block;width:100%;max-width:${CHART_WIDTH_MAX}px;height:auto;border:0;margin:16px auto 0`;
  return `<img class="soft" src="cid:${cid}" alt="${xmlText(alt)}" width="${CHART_WIDTH_MAX}" style="${style};font-size:12px;color:#52606d">`;
}

function commandHtml(command: string): string {
  const style = `margin:0 0 6px;padding:8px 10px;background:#eef1f4;border-radius:4px;font-size:13px;color:#1f2933`;
  return `<p class="code" style="${style};${MONO};word-break:break-all">${xmlText(command)}</p>`;
}

/** Names may be long and hold no space: they break inside rather than widen the page beyond a phone. */
function breakable(words: string): string {
  return `<span style="overflow-wrap:anywhere;word-break:break-word">${xmlText(words)}</span>`;
}
