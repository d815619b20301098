import { BlockList, isIP } from 'node:net';
import { AppError } from '#shared/base/errors.ts';

/** Finds whose address a request has. */
export type AddressOf = (peer: string | undefined, forwardedFor: string | null) => string;

/** `::ffff:192.0.2.1` is 192.0.2.1 to every rule and log. */
const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

/**
 * Only a peer within `trusted` (CIDR, or one address) may speak for somebody else; then the right-most hop of `X-Forwarded-For` that is not
 * itself trusted is the client. Everything further left is the client's own writing. Throws `invalid` for a range that is none.
 */
export function makeAddressOf(trusted: readonly string[]): AddressOf {
  const proxies = new BlockList();
  for (const range of trusted) {
    const [network = '', prefix] = range.split('/');
    const family = isIP(network);
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128)) {
      throw new AppError('invalid', `${range} is not a range of addresses such as 10.0.0.0/8`);
    }
    proxies.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  const isProxy = (address: string): boolean => {
    const family = isIP(address);
    return family !== 0 && proxies.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
  return (peer, forwardedFor) => {
    let address = plain(peer ?? 'unknown');
    const hops = forwardedFor === null ? [] : forwardedFor.split(',').map((hop) => plain(hop));
    while (isProxy(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}
