import { z } from 'zod';
import { Count } from './ids.ts';

/** The longest text that a preview shows, in UTF-16 units; what is longer says so. */
export const longestPreviewText = 400_000;
/** The most pages that a preview shows. */
export const mostPreviewPages = 200;
/** Widths in which pictures and pages are made, in pixels: in a grid, beside a list, on a whole window. */
export const previewWidths = [256, 960, 1_920] as const;

/** How a file can be shown without a program of its own (DRV-17). `pages` and `image` are pictures by page, from 1 on. */
export const Preview = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image'), widthPixels: Count, heightPixels: Count }),
  z.object({
    kind: z.literal('pages'),
    /** `slides` of a presentation, `sheets` of a spreadsheet. */
    of: z.enum(['pages', 'slides', 'sheets']),
    count: Count,
    /** Of the first page, in points. */
    widthPoints: z.number().positive(),
    heightPoints: z.number().positive(),
  }),
  z.object({
    kind: z.literal('text'),
    format: z.enum(['plain', 'code', 'markdown', 'csv']),
    /** For code: a name such as `typescript`; null where it is not known. */
    language: z.string().nullable(),
    text: z.string(),
    truncated: z.boolean(),
  }),
  /** The file itself is played, by ranges. */
  z.object({ kind: z.literal('media'), of: z.enum(['video', 'audio']), mediaType: z.string() }),
  /** `unknown_type`, `too_large`, `damaged`, `encrypted`, `too_slow`, `converter_missing`, `pending`: properties and the download remain. */
  z.object({ kind: z.literal('none'), reason: z.string() }),
]);
export type Preview = z.infer<typeof Preview>;
