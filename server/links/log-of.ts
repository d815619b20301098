import type { DownloadLog } from '../content/download-log.ts';
import type { Visit } from './look.ts';

/**
 * FIL-07 for what goes through a link: recorded as the link's, with the address that it went to, and as the member's who opened it where that is
 * known, else as its maker's.
 */
export const logOf = ({ maker, opener }: Visit, log: DownloadLog): DownloadLog => ({
  ...log,
  note: (_context, files) => {
    const member = opener.memberId === null ? maker.member : { ...maker.member, id: opener.memberId };
    // One person's visit is one line, and another's another.
    const session = { ...maker.session, id: `${maker.session.id} ${opener.memberId ?? ''} ${opener.mail ?? ''} ${opener.address}` };
    return log.note(
      { ...maker, member, session, address: opener.address },
      files.map((file) => ({ ...file, client: 'link' })),
    );
  },
});
