import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { AppError } from '#shared/base/errors.ts';
import type { Services } from '../context.ts';

/** A secret of this server, 32 bytes, made when it is first asked for. All nodes on one database share it. */
export async function serverSecret({ database, random }: Pick<Services, 'database' | 'random'>, name: string): Promise<Buffer> {
  const value = Buffer.from(random(32)).toString('base64url');
  await database
    .insertInto('server_secrets')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const row = await database.selectFrom('server_secrets').select('value').where('name', '=', name).executeTakeFirstOrThrow();
  return Buffer.from(row.value, 'base64url');
}

/**
 * The key behind every sealer of this server. `given` is the operator's own (a file that lies apart from the database, so neither alone opens
 * anything), or null for one that the database itself holds. Throws `conflict` where the data was sealed with another.
 */
export async function masterKey(services: Pick<Services, 'database' | 'random'>, given: Uint8Array | null): Promise<Uint8Array> {
  const stored = await serverSecret(services, 'sealed');
  const key = given === null ? stored : Buffer.from(hkdfSync('sha256', given, stored, 'hikyaku master key', 32));
  const sealer = makeSealer(key, 'check', (sizeBytes) => services.random(sizeBytes));
  const name = 'sealed_check';
  await services.database
    .insertInto('server_secrets')
    .values({ name, value: sealer.seal(name, [name]) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const check = await services.database.selectFrom('server_secrets').select('value').where('name', '=', name).executeTakeFirstOrThrow();
  try {
    sealer.open(check.value, [name]);
    return key;
  } catch (cause) {
    const hint = given === null ? 'Give the file with --secrets-key.' : 'Another key, or none, was in use from the start.';
    throw new AppError('conflict', `The secrets of this server were sealed with another key. ${hint}`, { cause });
  }
}

/** Secrets that must be read again (TOTP keys, secrets of identity providers) lie encrypted in the database. */
export interface Sealer {
  /** AES-256-GCM. `place` names whose secret it is and what for; a sealed text that was moved elsewhere does not open. */
  seal(text: string, place: readonly string[]): string;
  /** Throws `internal` for a text that was changed, moved, or sealed with another key. */
  open(sealed: string, place: readonly string[]): string;
}

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/** A sealer with a key of its own for `purpose`, derived (HKDF, RFC 5869) from a master key of at least 32 bytes. */
export function makeSealer(masterKey: Uint8Array, purpose: string, random: (sizeBytes: number) => Uint8Array): Sealer {
  const key = Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `hikyaku ${purpose}`, 32));
  const placed = (place: readonly string[]): Buffer => Buffer.from(JSON.stringify([version, ...place]));
  return {
    seal: (text, place) => {
      const iv = random(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(placed(place));
      const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${version}.${sealed.toString('base64url')}`;
    },
    open: (sealed, place) => {
      const [written, body = ''] = sealed.split('.');
      const bytes = Buffer.from(body, 'base64url');
      if (written !== version || bytes.length < ivBytes + tagBytes) throw new AppError('internal', 'Not a sealed secret');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
        decipher.setAAD(placed(place)).setAuthTag(bytes.subarray(-tagBytes));
        return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new AppError('internal', 'A sealed secret does not open: another key, or it was changed', { cause });
      }
    },
  };
}
