import { AppError } from '#shared/base/errors.ts';
import type { Secrets } from './host/secrets.ts';
import { databaseKey } from './store/database-key.ts';
import { DeviceKey } from './transport/device-key.ts';

/** The device's key for an account, made at the first login on this device. It stays over logout: it is the device. */
export async function deviceKey(secrets: Secrets, accountId: string): Promise<DeviceKey> {
  const kept = await secrets.get(accountId, 'device_key');
  if (kept !== null) return DeviceKey.parse(kept);
  const made = DeviceKey.generate();
  await secrets.set(accountId, 'device_key', made.secret);
  return made;
}

/** The local database's key out of this device's part (made when missing) and the server's. */
export async function localKey(
  secrets: Secrets,
  accountId: string,
  serverPart: string | null,
  random: (sizeBytes: number) => Uint8Array,
): Promise<Uint8Array> {
  if (serverPart === null)
    throw new AppError('denied', 'The server keeps its part of the local key back', { details: { reason: 'key_withheld' } });
  let devicePart = await secrets.get(accountId, 'database');
  if (devicePart === null) {
    devicePart = Buffer.from(random(32)).toString('base64url');
    await secrets.set(accountId, 'database', devicePart);
  }
  return databaseKey(Buffer.from(devicePart, 'base64url'), serverPart);
}
