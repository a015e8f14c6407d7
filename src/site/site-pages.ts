// The files of the site as text from its content: the same content gives the same bytes.

import { agentPage } from './agent-page.ts';
import { classPage } from './class-page.ts';
import { daysCsv } from './day-series.ts';
import { overviewPage } from './overview-page.ts';
import { type Page, pageHtml } from './page-frame.ts';
import { pinkPage } from './pink-page.ts';
import { qualityPage } from './quality-page.ts';
import type { SiteContent } from './site-content.ts';

/** Returns path and text of every page and of the files beside it, one after the other: a site may be larger than memory. */
export function* sitePages(content: SiteContent): Generator<readonly [path: string, text: string]> {
  const { facts, report, totals, links } = content;
  const text = (page: Page): readonly [string, string] => [page.path, pageHtml(page, report, facts)];
  yield text(overviewPage(content));
  yield text(pinkPage(content));
  yield text(qualityPage(content));
  if (report === null) return;
  const judged = { ...content, report };
  for (const [name, strategy] of Object.entries(report.strategies)) {
    yield text(classPage(judged, name, strategy));
    const days = totals.classes.get(name)?.days ?? [];
    if (days.length > 0) yield [`${links.classes.get(name)}.csv`, daysCsv(days)];
  }
  for (const [name, agent] of Object.entries(report.agents)) {
    yield text(agentPage(judged, name, agent));
    const days = totals.agents.get(name)?.days ?? [];
    if (days.length > 0) yield [`${links.agents.get(name)}.csv`, daysCsv(days)];
  }
}
