import { AppError } from '#shared/base/errors.ts';

/** Where mail goes through, and whom it comes from. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps`); otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
}

const usualPorts = { 'smtp:': 25, 'smtps:': 465 } as const;

/** Reads `smtp://host:port` or `smtps://user@host` as the command line has it. Throws `invalid` with what to do about it. */
export function parseMailServer(address: string, from: string): Omit<MailServer, 'password'> {
  const wrong = (message: string): AppError => new AppError('invalid', message);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || url.hostname === '') {
    throw wrong('--mail-server takes smtp://host:port or smtps://user@host');
  }
  if (url.password !== '') throw wrong('The password of the mail server goes into a file: --mail-password-file');
  if (!/^[^\s<>"]+@[^\s<>"]+$|^[^<>"\r\n]+ <[^\s<>"]+@[^\s<>"]+>$/u.test(from)) {
    throw wrong('--mail-from takes an address, or Name <address>');
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? usualPorts[url.protocol] : Number(url.port),
    secure: url.protocol === 'smtps:',
    user: url.username === '' ? null : decodeURIComponent(url.username),
    from,
  };
}
