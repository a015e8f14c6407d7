// Reads a mail as its receiver would: headers, the two bodies and the pictures inside, from the source that came over the wire.

/** A picture inside a mail, which its HTML shows as `cid:<cid>`. */
export interface MailPicture {
  readonly cid: string;
  readonly filename: string;
  readonly png: Buffer;
}

export interface MailContentRead {
  readonly subject: string;
  /** As the header has it, `Warden <warden@example.org>`. */
  readonly from: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  readonly pictures: readonly MailPicture[];
}

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  /** One character for each byte. */
  readonly body: string;
}

/** Parts inside parts; deeper ones are left out. */
const DEPTH_MAX = 8;

/**
 * Reads what {@link smtpMailer} writes: MIME of RFC 2045 to 2047 with UTF-8, in any of its encodings. A body that a mail lacks is
 * empty.
 */
export function readMailSource(source: Buffer): MailContentRead {
  const mail = partOf(source.toString('latin1'));
  const parts = leavesOf(mail, 0);
  const body = (type: string): string => {
    const part = parts.find((each) => typeOf(each) === type && !isAttached(each));
    return part === undefined ? '' : textOf(part);
  };
  return {
    subject: words(headerOf(mail, 'subject')),
    from: words(headerOf(mail, 'from')),
    messageId: headerOf(mail, 'message-id'),
    text: body('text/plain'),
    html: body('text/html'),
    pictures: parts
      .filter((part) => typeOf(part) === 'image/png')
      .map((part) => ({
        cid: headerOf(part, 'content-id').replaceAll(/^<|>$/g, ''),
        filename: words(parameterOf(headerOf(part, 'content-disposition'), 'filename')),
        png: bytesOf(part),
      })),
  };
}

function partOf(source: string): Part {
  const end = /\r?\n\r?\n/.exec(source);
  const head = end === null ? source : source.slice(0, end.index);
  const lines = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const];
  });
  return { headers: new Map(headers), body: end === null ? '' : source.slice(end.index + end[0].length) };
}

function leavesOf(part: Part, depth: number): readonly Part[] {
  if (!typeOf(part).startsWith('multipart/')) return [part];
  const boundary = parameterOf(headerOf(part, 'content-type'), 'boundary');
  if (boundary === '' || depth === DEPTH_MAX) return [];
  const [, ...sections] = `\n${part.body}`.split(`\n--${boundary}`);
  return sections
    .filter((section) => !section.startsWith('--'))
    .flatMap((section) =>
      leavesOf(partOf(section.replace(/^[ \t]*\r?\n/, '').replace(/\r$/, '')), depth + 1),
    );
}

function headerOf({ headers }: Part, name: string): string {
  return headers.get(name) ?? '';
}

/** Without a header it is plain text. */
function typeOf(part: Part): string {
  return (headerOf(part, 'content-type').split(';')[0] ?? '').trim().toLowerCase() || 'text/plain';
}

function isAttached(part: Part): boolean {
  return headerOf(part, 'content-disposition').toLowerCase().startsWith('attachment');
}

/** `text/plain; charset=utf-8` → `utf-8` of `charset`; empty where there is none. */
function parameterOf(header: string, name: string): string {
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(header) ?? [];
  return quoted ?? bare ?? '';
}

function bytesOf(part: Part): Buffer {
  const encoding = headerOf(part, 'content-transfer-encoding').toLowerCase();
  if (encoding === 'base64') return Buffer.from(part.body, 'base64');
  const isQuoted = encoding === 'quoted-printable';
  return Buffer.from(isQuoted ? unquoted(part.body.replaceAll(/=\r?\n/g, '')) : part.body, 'latin1');
}

function textOf(part: Part): string {
  const text = bytesOf(part).toString('utf8').replaceAll('\r\n', '\n');
  const isFlowed = parameterOf(headerOf(part, 'content-type'), 'format').toLowerCase() === 'flowed';
  // RFC 3676: a line that ends with a space goes on in the next one, and a space in front only keeps what it is from being read so.
  return isFlowed ? text.replaceAll(/^ /gm, '').replaceAll(/(?<!^--) \n/gm, ' ') : text;
}

/** `=C3=A9` → its bytes, one character each. */
function unquoted(text: string): string {
  return text.replaceAll(/=([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const ENCODED_WORD = /=\?[^?\s]+\?([BbQq])\?([^?\s]*)\?=/g;

/** Decodes the encoded words of a header. Space between two of them only parts them. A character may be cut in half by them. */
function words(header: string): string {
  const joined = header.replaceAll(/(\?=)\s+(?==\?)/g, '$1');
  const bytes = joined.replaceAll(ENCODED_WORD, (_all, encoding: string, text: string) =>
    encoding.toUpperCase() === 'B'
      ? Buffer.from(text, 'base64').toString('latin1')
      : unquoted(text.replaceAll('_', ' ')),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
