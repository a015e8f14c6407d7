// Reads from the body of a push which refs it wants to move, while the body streams past.

/** One line of a push: a ref and where it shall move. `null` stands for a ref that is created or deleted. */
export interface RefCommand {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface CommandReader {
  /** Takes the next bytes of the body. What follows the commands is ignored. */
  feed(chunk: Buffer): void;
  /** Returns the commands that were complete so far. */
  commands(): readonly RefCommand[];
}

const COMMAND = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/;
const NOTHING = '0'.repeat(40);

/** Returns a reader of the packet lines that open the body of `git-receive-pack`. */
export function createCommandReader(): CommandReader {
  const commands: RefCommand[] = [];
  let pending = Buffer.alloc(0);
  let isOver = false;
  return {
    feed(chunk) {
      if (isOver) return;
      pending = Buffer.concat([pending, chunk]);
      for (let line = nextPacket(pending); line !== null && !isOver; line = nextPacket(pending)) {
        pending = pending.subarray(line.size);
        isOver = line.text === null;
        const command = line.text === null ? null : commandFrom(line.text);
        if (command !== null) commands.push(command);
      }
    },
    commands: () => commands,
  };
}

/** A packet begins with its length in four hex digits, themselves included; `0000` ends the commands. */
function nextPacket(bytes: Buffer): { readonly size: number; readonly text: string | null } | null {
  if (bytes.length < 4) return null;
  const size = Number.parseInt(bytes.toString('latin1', 0, 4), 16);
  if (!(size >= 4)) return { size: 4, text: null };
  return bytes.length < size ? null : { size, text: bytes.toString('utf8', 4, size) };
}

function commandFrom(text: string): RefCommand | null {
  const [, from, to, ref] = COMMAND.exec(text) ?? [];
  if (from === undefined || to === undefined || ref === undefined) return null;
  return { ref, from: from === NOTHING ? null : from, to: to === NOTHING ? null : to };
}
