import { hkdfSync } from 'node:crypto';

/**
 * The key of a local database: both parts are needed (DESIGN: what is encrypted). What a finder of the disk has is the device part at most,
 * and only with the person's keychain open; the server part comes with a login.
 * @param devicePart 32 bytes from the keychain
 * @param serverPart what `Identity.databaseKey` gave, base64url
 */
export function databaseKey(devicePart: Uint8Array, serverPart: string): Uint8Array {
  const parts = Buffer.concat([devicePart, Buffer.from(serverPart, 'base64url')]);
  return new Uint8Array(hkdfSync('sha256', parts, Buffer.alloc(0), 'hikyaku-local-database-1', 32));
}
