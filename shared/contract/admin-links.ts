import { z } from 'zod';
import { Count, Id } from '#shared/model/ids.ts';
import { Link } from '#shared/model/link.ts';
import { LinkScope } from '#shared/model/rules-drive.ts';
import { adminOp } from './operation.ts';

/** A link as administrators see it (DRV-11 to DRV-14): all but its address, which only its maker's programs are told. */
export const AdministeredLink = Link.omit({ url: true, addresses: true }).extend({
  spaceName: z.string(),
  createdByName: z.string(),
});
export type AdministeredLink = z.infer<typeof AdministeredLink>;

/** Links of the whole company. */
export const adminLinks = {
  /** The newest first. `text` is looked for in names of files, drives and makers; `total` counts all that fit. */
  'link.all': adminOp(
    'services',
    { text: z.string().max(100).optional(), scope: LinkScope.optional(), limit: z.number().int().min(1).max(1_000).default(200) },
    { links: z.array(AdministeredLink), total: Count },
  ),
  /** They end at once, for everybody, and do not come back. */
  'link.end': adminOp('services', { linkIds: z.array(Id).min(1).max(1_000) }, { ended: Count }),
} as const;
export type AdminLinksContract = typeof adminLinks;
