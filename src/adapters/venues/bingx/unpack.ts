// A frame of the venue's streams as text: they are compressed one by one, and some servers send them plain.

import { gunzipSync } from 'node:zlib';
import { err, ok, type Result } from '../../../domain/result.ts';

/** What a frame may be at most, packed and unpacked. */
export const FRAME_BYTES_MAX = 1_048_576;

const GZIP_MAGIC = 0x1f8b;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Returns the text of a frame, or what is wrong with it. Never unpacks more than {@link FRAME_BYTES_MAX}. */
export function unpacked(frame: Buffer): Result<string, string> {
  if (frame.length > FRAME_BYTES_MAX)
    return err(`it has ${frame.length} bytes, of ${FRAME_BYTES_MAX} at most`);
  const isPacked = frame.length >= 2 && frame.readUInt16BE(0) === GZIP_MAGIC;
  try {
    return ok(utf8.decode(isPacked ? gunzipSync(frame, { maxOutputLength: FRAME_BYTES_MAX }) : frame));
  } catch (error) {
    if (error instanceof RangeError) return err(`unpacked it has more than ${FRAME_BYTES_MAX} bytes`);
    if (error instanceof TypeError) return err('it is no UTF-8');
    return err('it cannot be unpacked: it was cut off or changed on the way');
  }
}
