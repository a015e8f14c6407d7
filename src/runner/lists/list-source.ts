// Where the lists come from: two texts, each with what it is called and which commit it was read from.

/** One file as it is now. */
export interface ListText {
  /** As problems name it: a path, or a path of a branch. */
  readonly shownAs: string;
  /** `null`: there is no such file, or it cannot be read. */
  readonly text: string | null;
  /** Why it cannot be read, in a sentence; `null` where there simply is none, or where there is a text. */
  readonly fault: string | null;
  /** Newest commit that changed it; `null`: a file of this machine, or one that no commit has. */
  readonly commit: string | null;
}

export interface ListTexts {
  readonly killList: ListText;
  readonly allocation: ListText;
}

/** Synchronous, since a change has to be in force within a second: what takes time is done beside it. */
export interface ListSource {
  /** Other than before wherever a file may have changed. Asked twice a second. */
  stamp(): string;
  /** `null` while nothing is known yet. */
  read(): ListTexts | null;
  /** Why what is read may be old, in a sentence; `null`: it is not. */
  age(): string | null;
}
