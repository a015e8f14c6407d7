// Reads the headers that a CGI program writes before the body of its answer.

import type { Readable } from 'node:stream';

export interface CgiHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the body that came with the headers. */
  readonly rest: Buffer;
}

const END = '\r\n\r\n';

/** Calls `done` once the headers are complete, with the stream paused; a stream that ends before never calls it. */
export function readCgiHead(stream: Readable, done: (head: CgiHead) => void): void {
  let seen = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const end = seen.indexOf(END);
    if (end < 0) return;
    stream.off('data', take);
    stream.pause();
    done({ ...headFrom(seen.toString('latin1', 0, end)), rest: seen.subarray(end + END.length) });
  };
  stream.on('data', take);
}

function headFrom(text: string): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    if (name === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  return { status, headers };
}
