import { SMTPServer } from 'smtp-server';
import type { MailServer } from '../../server/mail/mail-server.ts';

/** A message as it arrived, decoded. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
}

export interface MailSink {
  /** What a server is started with to send here. */
  readonly server: MailServer;
  readonly mails: ReceivedMail[];
  /** Each attempt to hand a message over, also those that were refused. */
  readonly attempts: () => number;
  /** The answer to messages from now on: null takes them, a status refuses them. */
  answer(status: number | null): void;
  /** Resolves with the first message to this address, old or new, after `skip` others. */
  to(address: string, skip?: number): Promise<ReceivedMail>;
  close(): Promise<void>;
}

/** A real mail server on a loopback port that keeps what it is given. With `user` it wants that user and the password `sesame`. */
export async function startMailSink(options: { readonly user?: string } = {}): Promise<MailSink> {
  const mails: ReceivedMail[] = [];
  const waiting = new Set<() => void>();
  let attempts = 0;
  let refusal: number | null = null;
  const server = new SMTPServer({
    disabledCommands: options.user === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    authOptional: options.user === undefined,
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      if (username === options.user && password === 'sesame') done(null, { user: username });
      else done(new Error('Wrong user or password'));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        attempts += 1;
        if (refusal !== null) return done(Object.assign(new Error('Not now'), { responseCode: refusal }));
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        mails.push({ from, to: rcptTo.map(({ address }) => address), ...decode(Buffer.concat(parts).toString('latin1')) });
        done();
        for (const look of waiting) look();
      });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.on('error', reject);
    const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as { port: number }).port));
  });
  return {
    server: {
      host: '127.0.0.1',
      port,
      secure: false,
      user: options.user ?? null,
      password: options.user === undefined ? null : 'sesame',
      from: 'Hikyaku <no-reply@acme.example>',
    },
    mails,
    attempts: () => attempts,
    answer: (status) => {
      refusal = status;
    },
    to: (address, skip = 0) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = mails.filter((mail) => mail.to.includes(address))[skip];
          if (found === undefined) return;
          waiting.delete(look);
          clearTimeout(timer);
          resolve(found);
        };
        const timer = setTimeout(() => reject(new Error(`No mail to ${address} among ${JSON.stringify(mails)}`)), 10_000);
        waiting.add(look);
        look();
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The parts of a plain-text message (RFC 5322, RFC 2045, RFC 2047), as our server writes them. */
function decode(raw: string): { subject: string; text: string; messageId: string } {
  const end = raw.indexOf('\r\n\r\n');
  const unfolded = raw.slice(0, end).replaceAll(/\r\n[ \t]/g, ' ');
  const header = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
  const body = raw.slice(end + 4);
  const encoding = header('Content-Transfer-Encoding').toLowerCase();
  const bytes =
    encoding === 'base64' ? Buffer.from(body, 'base64') : Buffer.from(encoding === 'quoted-printable' ? unquote(body) : body, 'latin1');
  return { subject: words(header('Subject')), text: bytes.toString('utf8').replaceAll('\r\n', '\n'), messageId: header('Message-ID') };
}

const unquote = (text: string): string =>
  text.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));

/** Encoded words of one header, as UTF-8. */
function words(text: string): string {
  const joined = text.replaceAll(/\?=\s+=\?/g, '?==?');
  return joined.replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
    kind.toLowerCase() === 'b'
      ? Buffer.from(word, 'base64').toString('utf8')
      : Buffer.from(unquote(word.replaceAll('_', ' ')), 'latin1').toString('utf8'),
  );
}
