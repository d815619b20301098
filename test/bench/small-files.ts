import { syncFigures } from './sync/run.ts';
import type { Figure } from './start/run.ts';

/** First upload of 10,000 small files by the resident agent, beside other programs: the part of the sync bench that a first look needs. */
export const smallFileFigures = (): Promise<Figure[]> =>
  syncFigures(['--lines', 'small', '--trips', '0', '--with', 'hikyaku agent,rclone sync,unison,rsync,cp']);
