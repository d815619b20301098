import { z } from 'zod';
import { ruleSection } from './rule-section.ts';

/** EXP-05: folders of the person's that a company may want left alone. */
export const KnownFolder = z.enum(['desktop', 'documents', 'downloads', 'pictures', 'music', 'videos']);
export type KnownFolder = z.infer<typeof KnownFolder>;

/** EXP-02, EXP-04, EXP-05: how many PCs and pairs a member syncs, and where. Zero is no limit. System folders, removable disks and other programs' are refused always. */
export const syncRules = ruleSection(
  {
    /** EXP-02: PCs of one member. */
    mostPcs: z.number().int().min(0).max(100),
    /** EXP-04: pairs on one PC, paused ones too. */
    mostPairs: z.number().int().min(0).max(1_000),
    refusedFolders: z.array(KnownFolder).max(6),
    /** Whether folders on network volumes may be synced. */
    networkVolumes: z.boolean(),
  },
  { mostPcs: 0, mostPairs: 0, refusedFolders: [], networkVolumes: true },
);
