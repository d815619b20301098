import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How long an access token is good, in seconds (DESIGN: the backstop of ACC-42). */
export const accessSeconds = 300;
/** How long the refresh token before the last one may be repeated by the same device, in milliseconds: its answer may have been lost. */
export const repeatMs = 30_000;

/** How tokens are stored: SHA-256, hexadecimal. They have 256 random bits, so there is nothing to guess. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** What a refresh token says about itself once its seal holds. */
export interface RefreshToken {
  readonly tenantId: string;
  readonly sessionId: string;
  readonly value: string;
}

/**
 * Refresh tokens of one family follow from each other: the next value is an HMAC of the one before, so a repeated request gets the same
 * answer without the server keeping any token. Neither the database (it has hashes) nor an old token (the key is missing) gives the next one.
 * A seal tells tokens that were ours from guesses, so that only a real replay ends a session.
 */
export interface RefreshTokens {
  first(tenantId: string, sessionId: string, random: Uint8Array): string;
  next(token: RefreshToken): string;
  /** Null for anything this server did not issue. */
  parse(token: string): RefreshToken | null;
}

export function refreshTokens(secret: Uint8Array): RefreshTokens {
  const seal = (body: string): Buffer => createHmac('sha256', secret).update(`seal ${body}`).digest().subarray(0, 16);
  const write = (tenantId: string, sessionId: string, value: string): string => {
    const body = `${tenantId}.${sessionId}.${value}`;
    return `${body}.${seal(body).toString('base64url')}`;
  };
  return {
    first: (tenantId, sessionId, random) => write(tenantId, sessionId, Buffer.from(random).toString('base64url')),
    next: ({ tenantId, sessionId, value }) =>
      write(tenantId, sessionId, createHmac('sha256', secret).update(`next ${value}`).digest('base64url')),
    parse: (token) => {
      const [tenantId, sessionId, value, given, ...rest] = token.split('.');
      if (tenantId === undefined || sessionId === undefined || value === undefined || given === undefined || rest.length > 0) return null;
      const expected = seal(`${tenantId}.${sessionId}.${value}`);
      const actual = Buffer.from(given, 'base64url');
      return actual.length === expected.length && timingSafeEqual(actual, expected) ? { tenantId, sessionId, value } : null;
    },
  };
}
