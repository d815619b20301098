import type { Clock } from '#shared/base/clock.ts';
import { login } from '#shared/contract/login.ts';
import { connect } from '#shared/contract/operation.ts';
import type { Secrets } from '../host/secrets.ts';
import { DeviceKey } from '../transport/device-key.ts';
import type { NodeHttp } from '../transport/http.ts';
import { SignedHttp } from '../transport/signed-http.ts';

export interface TellOptions {
  readonly http: Pick<NodeHttp, 'request'>;
  readonly version: string;
  readonly host: { readonly clock: Clock };
}

/** ACC-51: tells the server that this device has erased what it held; its key proves which one it is. Returns whether that arrived. */
export async function tellWiped(
  { http, version, host }: TellOptions,
  secrets: Secrets,
  { accountId, serverUrl }: { readonly accountId: string; readonly serverUrl: string },
): Promise<boolean> {
  const kept = await secrets.get(accountId, 'device_key');
  if (kept === null) return true;
  const signed = new SignedHttp({ url: serverUrl, key: DeviceKey.parse(kept), http: http.request, clock: host.clock, version });
  return connect(login, signed.open)
    ['device.wiped']({})
    .then(
      () => true,
      () => false,
    );
}
