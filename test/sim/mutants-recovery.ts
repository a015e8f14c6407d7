// Mutants of recovery: the journal, its snapshots, the start, and rounds of looking at the venue.

import type { Mutant } from './mutant.ts';

const WORLD = 'src/kernel/world.ts';
const RESYNC = 'src/kernel/resync.ts';
const PICTURES = 'src/kernel/pictures.ts';
const MISMATCH = 'src/kernel/mismatch.ts';
const ADOPTION = 'src/kernel/adoption.ts';
const KERNEL = 'src/adapters/journal/journaled-kernel.ts';
const WRITER = 'src/adapters/journal/journal-writer.ts';
const SEGMENT = 'src/adapters/journal/segment.ts';
const REPLAY = 'src/adapters/journal/journal-replay.ts';
const RECOVERY = 'src/adapters/journal/recovery.ts';
const SNAPSHOT = 'src/adapters/journal/snapshot-file.ts';
const CODEC = 'src/kernel/codec-state.ts';

export const RECOVERY_MUTANTS: readonly Mutant[] = [
  {
    name: 'sent-before-durable',
    file: KERNEL,
    find: 'if (this.pending > 0) this.write();\n    if (this.effects',
    replace: 'if (this.pending > 8) this.write();\n    if (this.effects',
    why: 'Effects leave while the records that hold them are only in memory.',
  },
  {
    name: 'journal-is-not-synced',
    file: WRITER,
    find: '      disk.sync(name);\n',
    replace: '',
    why: 'Effects leave while their records are in the cache of the disk.',
  },
  {
    name: 'failed-write-is-durable',
    file: KERNEL,
    find: "if (!(error instanceof Error) || !('syscall' in error)) throw error;",
    replace: 'if (error !== null) return;',
    why: 'After a sync that failed the kernel goes on.',
  },
  {
    name: 'seal-is-not-verified',
    file: SEGMENT,
    find: "if (seal?.kind !== 'seal' || seal.chain !== chain)",
    replace: "if (seal?.kind !== 'seal')",
    why: 'A record that was damaged is replayed.',
  },
  {
    name: 'torn-tail-stays',
    file: RECOVERY,
    find: 'if (surplus > 0) disk.truncate(name, sealedBytes);',
    replace: '',
    why: 'The next group follows half a record.',
  },
  {
    name: 'snapshot-without-its-tail',
    file: REPLAY,
    find: 'if (group.lastSeq < state.seq) continue;',
    replace: 'if (group.lastSeq >= 0) continue;',
    why: 'What happened since the snapshot is forgotten.',
  },
  {
    name: 'hash-is-not-compared',
    file: REPLAY,
    find: 'if (actual === line.hash) return null;',
    replace: 'if (actual !== null) return null;',
    why: 'A replay that comes to another state goes on with it.',
  },
  {
    name: 'snapshot-is-not-verified',
    file: SNAPSHOT,
    find: 'if (text.slice(-SEAL_CHARS) !== ',
    replace: 'if (text.length < SEAL_CHARS && text !== ',
    why: 'A damaged snapshot is restored.',
  },
  {
    name: 'snapshot-copies-orders',
    file: CODEC,
    find: 'if (order !== undefined) return { [ORDER]: order };',
    replace: '',
    why: 'After a snapshot a trade holds copies of its orders, which no report reaches.',
  },
  {
    name: 'full-disk-tells-nobody',
    file: KERNEL,
    find: "this.apply({ kind: 'JOURNAL', atMs: this.state.nowMs, isFull: true });",
    replace: '',
    why: 'Entries use up the reserve of a full disk.',
  },
  {
    name: 'reserve-is-never-used',
    file: WRITER,
    find: "if (disk.size(RESERVE) === null) return 'full';",
    replace: "return 'full';",
    why: 'A disk that is full ends exits as well.',
  },
  {
    name: 'snapshot-number-off-by-one',
    file: KERNEL,
    find: 'writer.rotate({ first: state.seq + 1,',
    replace: 'writer.rotate({ first: state.seq,',
    why: 'The segment after a snapshot has the wrong number.',
  },
  {
    name: 'poison-counts',
    file: KERNEL,
    find: 'this.sealed(seqBefore);',
    replace: '',
    why: 'The event at which a kernel stopped is not written down, nor what came before it.',
  },
  {
    name: 'wake-is-lost-at-the-start',
    file: WORLD,
    find: 'state.runId = event.runId;\n  state.wakeAtMs = null;',
    replace: 'state.runId = event.runId;',
    why: 'A kernel that begins again is never woken for what is overdue.',
  },
  {
    name: 'wake-is-asked-for-once',
    file: WORLD,
    find: 'export function onWake(tx: Transaction): void {\n  tx.state.wakeAtMs = null;',
    replace: 'export function onWake(tx: Transaction): void {',
    why: 'A WAKE that came early is not asked for again.',
  },
  {
    name: 'start-keeps-entries',
    file: WORLD,
    find: "    abandonEntry(tx, slot, 'the kernel began again');\n",
    replace: '',
    why: 'Entries of before the restart go on, whatever has happened since.',
  },
  {
    name: 'start-asks-nothing',
    file: WORLD,
    find: '  startResync(tx);\n',
    replace: '',
    why: 'A start does not look at the venue.',
  },
  {
    name: 'clock-goes-back',
    file: 'src/kernel/step.ts',
    find: 'const nowMs = Math.max(state.nowMs, atMs) as EpochMs;',
    replace: 'const nowMs = atMs as EpochMs;',
    why: 'The time of the kernel steps back with the clock.',
  },
  {
    name: 'unknown-is-empty',
    file: PICTURES,
    find: 'const isKnown = take(tx, event);',
    replace:
      "const isKnown = take(tx, event.result.kind === 'UNKNOWN' ? ({ ...event, result: { kind: 'KNOWN', rows: [] } } as PictureEvent) : event);",
    why: 'A part of the picture that could not be had is read as empty.',
  },
  {
    name: 'unknown-ends-the-round',
    file: PICTURES,
    find: 'if (isKnown) partCame(tx, event.kind);',
    replace: 'if (isKnown !== null) partCame(tx, event.kind);',
    why: 'A part that could not be had is not asked for again.',
  },
  {
    name: 'positions-before-orders',
    file: RESYNC,
    find: "['OPEN_ORDERS', 'POSITIONS', 'FILLS',",
    replace: "['POSITIONS', 'OPEN_ORDERS', 'FILLS',",
    why: 'What fills between the two looks is in neither.',
  },
  {
    name: 'stream-needs-no-round',
    file: RESYNC,
    find: 'if (event.isUp) beginRound(tx);',
    replace: "if (event.isUp) clear(tx, 'STREAM_DOWN');",
    why: 'What was missed while the stream was down is never looked for.',
  },
  {
    name: 'one-round-for-ever',
    file: RESYNC,
    find: 'look(tx, hasDifference(tx.state) ? Math.min(lagMs, everyMs) : everyMs);',
    replace: "setDue(tx.state, 'resync', '', resync, null);",
    why: 'After the first round the venue is never looked at again.',
  },
  {
    name: 'unanswered-part-is-not-asked-again',
    file: RESYNC,
    find: '  look(tx, config.doubt.answerMs);\n',
    replace: '',
    why: 'A question to the venue that gets lost ends all questions.',
  },
  {
    name: 'fills-since-now',
    file: RESYNC,
    find: '(resync.knownToMs ?? tx.nowMs) - config.resync.overlapMs',
    replace: 'tx.nowMs',
    why: 'Fills and income of before the question are never heard of.',
  },
  {
    name: 'older-positions-win',
    file: PICTURES,
    find: 'if (book.venueAskedAtMs !== null && askedAtMs < book.venueAskedAtMs) return false;',
    replace: '',
    why: 'A picture that was asked for earlier replaces a newer one.',
  },
  {
    name: 'mismatch-is-believed-at-once',
    file: MISMATCH,
    find: 'const sinceMs = mismatch.firstAskedAtMs + state.config.resync.lagMs;',
    replace: 'const sinceMs = 0;',
    why: 'One picture changes the book.',
  },
  {
    name: 'mismatch-of-before-the-fill',
    file: MISMATCH,
    find: 'if (lastOwnActAtMs !== null && askedAtMs < lastOwnActAtMs + state.config.resync.lagMs) return false;',
    replace: '',
    why: 'A view that lags behind our last order contradicts the book.',
  },
  {
    name: 'mismatch-does-not-freeze',
    file: MISMATCH,
    find: "raise(tx, 'POSITION_MISMATCH', `the",
    replace: "if (open.length < 0) raise(tx, 'POSITION_MISMATCH', `the",
    why: 'Entries go on while the book and the venue differ.',
  },
  {
    name: 'mismatch-is-never-adopted',
    file: MISMATCH,
    find: 'if (mismatch === null || venueAskedAtMs === null) return false;',
    replace: 'if (mismatch !== undefined) return false;',
    why: 'The book never becomes what the venue holds.',
  },
  {
    name: 'reduced-position-stays',
    file: ADOPTION,
    find: 'const rest = reduceOurs(tx, book, differenceOf(state, book));',
    replace: 'const rest = differenceOf(state, book);',
    why: 'What is gone at the venue stays in the book, and the other side is adopted beside it.',
  },
];
