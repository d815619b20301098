import { createTransport } from 'nodemailer';
import { isLoopback } from '../http/origins.ts';
import type { MailServer } from './mail-server.ts';

/** How long a mail server may take, in milliseconds: to connect and greet, and between two answers. */
const connectMs = 10_000;
const silenceMs = 30_000;

/** One message as it leaves. `id` is its Message-ID, so that one sent twice is known as one. */
export interface OutgoingMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What went wrong, without a word of the message: for administrators and logs. */
export interface MailProblem {
  /** The mail server said no for good (5xx): trying again is useless. */
  readonly final: boolean;
  readonly text: string;
}

export interface Smtp {
  /** Null once the mail server has taken it over. Never throws. */
  send(mail: OutgoingMail): Promise<MailProblem | null>;
}

/** Sends through the company's mail server (RFC 5321). A password travels encrypted, unless the mail server is on this machine. */
export function openSmtp({ host, port, secure, user, password, from }: MailServer): Smtp {
  const local = isLoopback(host);
  const transport = createTransport({
    host,
    port,
    secure,
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    requireTLS: user !== null && !local,
    // A mail server on this machine has a certificate of its own making, and nobody in between.
    ignoreTLS: local,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^>]+)>?$/u.exec(from)?.[1] ?? 'hikyaku';
  return {
    send: async ({ id, to, subject, text }) => {
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return null;
      } catch (error) {
        return problemOf(error);
      }
    },
  };
}

/** The mail server refuses us, not the message (RFC 4954): somebody will put that right. */
const aboutLogin = new Set([530, 534, 535, 538]);

function problemOf(error: unknown): MailProblem {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const status = typeof responseCode === 'number' ? responseCode : null;
  const parts = [typeof code === 'string' ? code : null, status === null ? null : String(status)].filter((part) => part !== null);
  return { final: status !== null && status >= 500 && !aboutLogin.has(status), text: parts.join(' ') || 'unknown' };
}
