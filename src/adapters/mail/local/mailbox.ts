// A mailbox on this machine: a mail server on loopback that takes whatever it is given and sends nothing on, for the demo and for tests.

import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { assert } from '../../../domain/assert.ts';
import { type MailContentRead, readMailSource } from './mail-source.ts';

/** A mail as it was received. */
export interface ReceivedMail extends MailContentRead {
  /** When it was taken, epoch milliseconds of the given clock. */
  readonly atMs: number;
  /** The addresses it was delivered to, which no header needs to name. */
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly source: Buffer;
}

export interface Refusal {
  /** SMTP code, from 400 on. */
  readonly code: number;
  readonly words: string;
}

/** Who is let in, each asked as SMTP comes to it; `null`: let in. What is left out lets everybody in. */
export interface MailboxDoor {
  /** Where it is given, nobody sends without a login. */
  login?(user: string, password: string): Refusal | null;
  sender?(): Refusal | null;
  recipient?(address: string): Refusal | null;
}

export interface MailboxOptions {
  nowMs(): number;
  /** Is given every mail that was taken. The sender hears that it was once this is done. */
  keep?(mail: ReceivedMail): Promise<void> | void;
  readonly door?: MailboxDoor;
}

export interface LocalMailbox {
  /** For `SMTP_URL`. */
  readonly url: string;
  /** Oldest first. */
  readonly mails: readonly ReceivedMail[];
  close(): Promise<void>;
}

/** Of one mail: ours have at most four charts of some 100 kB. */
const MAIL_BYTES_MAX = 10 * 1024 * 1024;
/** Whoever sends more by mistake is told that the mailbox is full. */
const MAILS_MAX = 1000;
const RECIPIENTS_MAX = 100;
const CLIENTS_MAX = 20;
const SILENCE_MS_MAX = 30_000;
const CLOSE_MS_MAX = 10;

const TOO_LARGE: Refusal = { code: 552, words: `5.3.4 a mail has at most ${MAIL_BYTES_MAX} bytes` };
const FULL: Refusal = { code: 452, words: '4.2.2 the mailbox is full' };
const TOO_MANY: Refusal = { code: 452, words: `4.5.3 a mail has at most ${RECIPIENTS_MAX} recipients` };

/** Opens a mailbox on a free port of the loopback interface, without TLS. */
export async function startMailbox(options: MailboxOptions): Promise<LocalMailbox> {
  const mails: ReceivedMail[] = [];
  const server = serverOf(options, mails);
  // A client that breaks off is a matter of the client.
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    listening.once('listening', resolve);
    listening.once('error', reject);
  });
  const address = listening.address();
  assert(address !== null && typeof address === 'object', 'the mailbox has a port once it listens');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function serverOf({ nowMs, keep, door = {} }: MailboxOptions, mails: ReceivedMail[]): SMTPServer {
  return new SMTPServer({
    banner: 'mailbox of this machine',
    disabledCommands: ['STARTTLS', ...(door.login === undefined ? ['AUTH'] : [])],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    size: MAIL_BYTES_MAX,
    maxClients: CLIENTS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    closeTimeout: CLOSE_MS_MAX,
    onAuth({ username, password }, _session, done) {
      const user = username ?? '';
      done(errorOf(door.login?.(user, password ?? '') ?? null), { user });
    },
    onMailFrom: (_address, _session, done) =>
      done(errorOf(mails.length < MAILS_MAX ? (door.sender?.() ?? null) : FULL)),
    onRcptTo({ address }, { envelope }, done) {
      const isMany = envelope.rcptTo.length >= RECIPIENTS_MAX;
      done(errorOf(isMany ? TOO_MANY : (door.recipient?.(address) ?? null)));
    },
    onData(stream, { envelope }, done) {
      const take = async (): Promise<void> => {
        const source = await sourceOf(stream);
        if (source === null) return done(errorOf(TOO_LARGE));
        const to = envelope.rcptTo.map(({ address }) => address);
        const mail = { ...readMailSource(source), atMs: nowMs(), to, source };
        await keep?.(mail);
        mails.push(mail);
        done();
      };
      take().catch(done);
    },
  });
}

/** Returns `null` where it is too long, of which no more is kept than may be. */
async function sourceOf(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes <= MAIL_BYTES_MAX) chunks.push(chunk);
  }
  return stream.sizeExceeded || bytes > MAIL_BYTES_MAX ? null : Buffer.concat(chunks);
}

function errorOf(refusal: Refusal | null): Error | null {
  return refusal === null ? null : Object.assign(new Error(refusal.words), { responseCode: refusal.code });
}
