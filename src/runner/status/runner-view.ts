// What the status page is told, as plain JSON: money as exact decimal text, numbers only where something is drawn, and `null` for unknown.

/** A decimal in the quote currency or in the base, as `-12.34`. */
export type DecimalText = string;

/** One place for a trade, with what it holds. */
export interface SlotLook {
  readonly slot: number;
  readonly status: string;
  /** In the words of operators: `POSITION_OPEN`, `EXIT_WORKING`, … */
  readonly stage: string;
  /** Why a person has to look; empty unless QUARANTINED. */
  readonly quarantine: string;
  /** `null`: nothing is here. */
  readonly trade: TradeLook | null;
}

export interface TradeLook {
  readonly tradeId: string;
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  readonly strategyClass: string;
  /** In units of the base, never negative. */
  readonly size: DecimalText;
  /** The average of what is open; `null` where nothing is, or where a fill has no price yet. */
  readonly entryPrice: DecimalText | null;
  readonly markPrice: DecimalText | null;
  /** When the mark came; `null`: there is none. */
  readonly markAtMs: number | null;
  /** What is held is worth at the mark, without a sign. */
  readonly notional: DecimalText | null;
  /** What closing at the mark would bring, before fees. */
  readonly openProfit: DecimalText | null;
  readonly realized: DecimalText;
  readonly funding: DecimalText;
  readonly leverage: number;
  readonly conviction: number;
  readonly openedAtMs: number;
  /** The leg that the next exit takes, from 0, and how many there are. */
  readonly legIndex: number;
  readonly legs: number;
  /** `null`: no exit is under way. */
  readonly exit: {
    readonly reason: string;
    readonly deadlineMs: number;
    readonly isOverdue: boolean;
  } | null;
}

export interface OrderLook {
  readonly clientOrderId: string;
  readonly venueOrderId: string | null;
  readonly tradeId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly role: string;
  readonly type: string;
  readonly isPostOnly: boolean;
  readonly isReduceOnly: boolean;
  readonly quantity: DecimalText;
  readonly limit: DecimalText | null;
  readonly filled: DecimalText;
  /** `null`: nothing was filled, or a fill has no price yet. */
  readonly averagePrice: DecimalText | null;
  /** Paid above zero; `null` where nothing was filled. */
  readonly fee: DecimalText | null;
  /** Whether the fee of every filled lot is the venue's own word. */
  readonly isFeeSettled: boolean;
  readonly status: string;
  readonly isFinal: boolean;
  readonly changedAtMs: number;
  readonly expiresAtMs: number | null;
  readonly rejectCode: string | null;
}

export interface LedgerLook {
  /** Whether K has begun from a wallet of the venue; before that nothing here is known. */
  readonly isSeeded: boolean;
  /** K: what our own postings say the wallet is. */
  readonly k: DecimalText | null;
  /** E: what the venue says the wallet is, and when it was true by the venue's clock. */
  readonly e: DecimalText | null;
  readonly eAtMs: number | null;
  /** E − K − what is explained. */
  readonly residual: DecimalText | null;
  readonly band: 'UNKNOWN' | 'OK' | 'WARN' | 'ERROR';
  readonly explained: DecimalText;
  /** What each account has brought, in the order of the ledger. */
  readonly accounts: readonly { readonly account: string; readonly amount: DecimalText }[];
  /** Of all that is held, at marks; `null` where a part of it has no known worth. */
  readonly openProfit: DecimalText | null;
  /** K and the open profit. */
  readonly equity: DecimalText | null;
  /** Of the UTC day, realized and open. */
  readonly dayResult: DecimalText | null;
  /** The loss at which entries of the day end. */
  readonly dayLossMax: DecimalText;
  readonly availableMargin: DecimalText | null;
  readonly usedMargin: DecimalText | null;
  readonly marginAtMs: number | null;
}

export interface ReasonLook {
  readonly reason: string;
  readonly sinceMs: number;
  readonly text: string;
}

export interface TradingLook {
  /** How far it may trade: the more severe of the command and the reasons. */
  readonly effective: string;
  readonly command: string;
  /** The newest command that was heard of since the history began. */
  readonly lastCommand: CommandLook | null;
  readonly reasons: readonly ReasonLook[];
  /** Why the kernel takes nothing any more; `null` while it does. */
  readonly halted: string | null;
  readonly isStopping: boolean;
}

export interface CommandLook {
  readonly atMs: number;
  readonly command: string;
  readonly who: string;
  readonly why: string;
  readonly isAccepted: boolean;
}

export interface StrategyLook {
  readonly strategyClass: string;
  /** What the kernel goes by; `null`: it was told nothing of this class. */
  readonly mayEnter: boolean | null;
  /** 0 to 1, the share of the wanted size; `null`: unknown. */
  readonly sizeFactor: number | null;
  /** Why entries are refused, by the lists; `null`: they say nothing against it. */
  readonly reason: string | null;
  readonly episode: string | null;
}

export interface ListLook {
  readonly name: string;
  readonly sha256: string | null;
  readonly commit: string | null;
  readonly appliedAtMs: number | null;
}

export interface PartLook {
  readonly name: string;
  readonly state: 'up' | 'stale' | 'down' | 'off';
  readonly why: string;
  readonly lastAtMs: number | null;
  /** Of a sink: records that it has not taken yet, and failures in all. */
  readonly lag: number | null;
  readonly failures: number | null;
}

export interface ScanLook {
  readonly scanNumber: number;
  readonly receivedAtMs: number;
  readonly velDiv: number | null;
  readonly isVolOk: boolean;
  readonly posture: string;
  readonly acbBoost: number | null;
  readonly problems: readonly string[];
  readonly lastDecision: { readonly action: string; readonly symbol: string; readonly reason: string } | null;
}

export interface MarkLook {
  readonly symbol: string;
  readonly bid: DecimalText;
  readonly ask: DecimalText;
  readonly mark: DecimalText;
  readonly atMs: number;
}

/** One record of the journal in words; equal ones that follow each other are one, with a count. */
export interface RecordLook {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
  readonly words: string;
  readonly code: string;
  readonly isAccepted: boolean;
  readonly count: number;
}

export interface RouterLook {
  readonly atMs: number;
  readonly event: string;
  readonly slot: number;
  readonly clientOrderId: string | null;
  readonly reason: string;
}

export interface NoticeLook {
  readonly atMs: number;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly code: string;
  readonly text: string;
}

export interface FillLook {
  /** Grows with each fill of one history. */
  readonly number: number;
  readonly atMs: number;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly role: string;
  readonly size: DecimalText;
  readonly price: number;
  readonly clientOrderId: string;
}

export interface ClosedTradeLook {
  readonly atMs: number;
  readonly tradeId: string;
  readonly realized: DecimalText;
  readonly fees: DecimalText;
  readonly funding: DecimalText;
  readonly reason: string;
}

export interface CountLook {
  readonly code: string;
  readonly count: number;
}

/** Newest first, each bounded. */
export interface RecentLook {
  readonly records: readonly RecordLook[];
  readonly router: readonly RouterLook[];
  readonly notices: readonly NoticeLook[];
  readonly closed: readonly ClosedTradeLook[];
  readonly lastCommand: CommandLook | null;
}

/** Everything but the charts. */
export interface RunnerView {
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly runnerId: string;
  readonly version: string;
  readonly environment: 'paper' | 'demo' | 'live';
  readonly marginAsset: string;
  readonly policy: string;
  readonly instance: string;
  readonly runId: string | null;
  readonly seq: number;
  readonly trading: TradingLook;
  readonly slots: readonly SlotLook[];
  /** Live ones first, then the newest that are final. */
  readonly orders: readonly OrderLook[];
  readonly ledger: LedgerLook;
  readonly marks: readonly MarkLook[];
  /** `null`: the kernel has no list. */
  readonly permissionsVersion: string | null;
  readonly strategies: readonly StrategyLook[];
  readonly lists: readonly ListLook[];
  readonly listProblem: string | null;
  readonly parts: readonly PartLook[];
  readonly sinks: readonly PartLook[];
  readonly scan: ScanLook | null;
  /** Whether a whole round of looking at the venue has ended since the start. */
  readonly isReconciled: boolean;
  readonly outcomes: readonly CountLook[];
  readonly diagnostics: readonly CountLook[];
  readonly recent: RecentLook;
}

/** `[epoch ms, K, E or null, K with open profit or null]`. */
export type EquityPoint = readonly [number, number, number | null, number | null];
/** `[epoch ms, mark]`. */
export type PricePoint = readonly [number, number];

/** What is drawn, oldest first. */
export interface ChartsView {
  readonly equity: readonly EquityPoint[];
  readonly prices: Readonly<Record<string, readonly PricePoint[]>>;
  readonly fills: readonly FillLook[];
}

/**
 * One message of the live connection. `full` begins it. Of an `update` the charts are only what was added since the message before, and
 * may hold what a client has already: a point that is not younger than the newest known one is none.
 */
export interface LiveMessage {
  readonly kind: 'full' | 'update';
  readonly view: RunnerView;
  readonly charts: ChartsView;
}
