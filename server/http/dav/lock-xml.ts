import type { LockRow } from '../../drive/locks.ts';
import { hrefOf } from './address.ts';
import { escapeXml } from './xml.ts';

/** A lock that a person holds by hand has no program that knows its token; it is named like any other. */
export const tokenUri = ({ token, kind }: Pick<LockRow, 'token' | 'kind'>): string => (kind === 'dav' ? token : `urn:uuid:${token}`);

/** `DAV:lockdiscovery`. `root`: what each lock is on, by its node's id. */
export function lockDiscovery(
  locks: readonly LockRow[],
  root: (nodeId: string) => { readonly path: readonly string[]; readonly isFolder: boolean },
  now: number,
): string {
  return locks
    .map((lock) => {
      const { path, isFolder } = root(lock.node_id);
      const owner = lock.owner === '' ? '' : `<D:owner>${lock.owner}</D:owner>`;
      const seconds = Math.max(1, Math.round((lock.expires_at - now) / 1_000));
      return (
        `<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope>${lock.shared === 1 ? '<D:shared/>' : '<D:exclusive/>'}</D:lockscope>` +
        `<D:depth>${lock.deep === 1 ? 'infinity' : '0'}</D:depth>${owner}<D:timeout>Second-${seconds}</D:timeout>` +
        `<D:locktoken><D:href>${escapeXml(tokenUri(lock))}</D:href></D:locktoken>` +
        `<D:lockroot><D:href>${escapeXml(hrefOf(path, isFolder))}</D:href></D:lockroot></D:activelock>`
      );
    })
    .join('');
}
