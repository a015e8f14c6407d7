// Everything that the pages are made from, read from the state: a value, so that pages are text from it and nothing else.

import type { CellStatistics } from '../domain/cvar.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { Receipt, Verdict } from '../domain/verdict.ts';
import type { DataQuality } from './data-quality.ts';
import type { ReportFacts } from './page-frame.ts';
import type { PinkContent } from './pink-content.ts';
import type { RowTotals } from './row-totals.ts';
import type { SiteLinks } from './site-links.ts';

export interface SiteContent {
  readonly facts: ReportFacts;
  /** `null` before the first run of supervise. */
  readonly report: MetaReport | null;
  /** That the report was made under; `null`: not known. */
  readonly settings: Settings | null;
  /** Proposals that the settings do not follow yet; `null`: not known. */
  readonly openVerdicts: readonly Verdict[] | null;
  /** Oldest first. */
  readonly verdicts: readonly Verdict[];
  readonly receipts: readonly Receipt[];
  /** At the deciding horizon, oldest first. */
  readonly cellLines: readonly CellStatistics[];
  readonly totals: RowTotals;
  readonly quality: DataQuality;
  readonly pink: PinkContent;
  readonly links: SiteLinks;
}

/** The same where there is a report, as pages of classes and agents need it. */
export type JudgedContent = SiteContent & { readonly report: MetaReport };
