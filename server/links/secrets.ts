import { createHmac, hash } from 'node:crypto';
import type { Sealer } from '../store/secrets.ts';

/** The bytes of a link's secret: 160 random bits, nothing to guess. */
const tokenBytes = 20;

export const newToken = (random: (sizeBytes: number) => Uint8Array): string => Buffer.from(random(tokenBytes)).toString('base64url');

/** How links are found: by the SHA-256 of their secret. */
export const hashToken = (token: string): string => hash('sha256', token);

/** A browser before one link: from the hashes of two links nobody can tell that it was the same one. */
export const hashBrowser = (cookie: string, linkId: string): string => hash('sha256', `${linkId} ${cookie}`);

/** A code is short, so what lies in the database is keyed: the database alone does not give it away. */
export const hashCode = (key: Uint8Array, linkId: string, browserHash: string, code: string): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([linkId, browserHash, code]))
    .digest('hex');

/** The secret sealed, so that its maker can be shown the address again. */
export const sealToken = (sealer: Sealer, tenantId: string, linkId: string, token: string): string =>
  sealer.seal(token, ['link', tenantId, linkId]);
export const openToken = (sealer: Sealer, tenantId: string, linkId: string, sealed: string): string =>
  sealer.open(sealed, ['link', tenantId, linkId]);

/** A password as it is hashed: typed in full or half width, with one key or two, it is the same. */
export const plainPassword = (password: string): string => password.normalize('NFKC');
