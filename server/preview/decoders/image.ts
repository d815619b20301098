import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { JobFailure, type JobRun } from '../../sandbox/job.ts';
import { bitmapPixels } from './bitmap.ts';

/** Pictures of up to this many pixels are opened; more is a flood (ASVS 5.2.6). */
export const mostPixels = 120_000_000;

export type ImageOptions =
  | { readonly what: 'measure'; readonly type: string }
  | { readonly what: 'picture'; readonly type: string; readonly width: number };
export interface ImageSize {
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** Of all that the library reads, what the table in docs/previews.md names. */
const readers = ['JpegBuffer', 'PngBuffer', 'NsgifBuffer', 'WebpBuffer', 'HeifBuffer', 'TiffBuffer', 'SvgBuffer'];
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: readers.map((name) => `VipsForeignLoad${name}`) });
sharp.cache(false);
sharp.concurrency(1);

/**
 * Opens a picture: its first frame only. Bytes, never a path: what an SVG names in other files has no place to be looked for. Metadata
 * is left behind by what is written, and the orientation that it names is applied first.
 */
async function open(input: string, type: string): Promise<Sharp> {
  const bytes = await readFile(input);
  if (type === 'bmp') {
    const { data, width, height } = await bitmapPixels(bytes, mostPixels);
    return sharp(data, { raw: { width, height, channels: 4 } });
  }
  return sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', pages: 1, density: 96 });
}

/** Pixels as they are seen, turned as the camera was held. */
async function measure(picture: Sharp): Promise<ImageSize> {
  const { autoOrient, pageHeight } = await picture.metadata();
  return { widthPixels: autoOrient.width, heightPixels: pageHeight ?? autoOrient.height };
}

/** Measures a picture, or makes it in a width as WebP, never larger than it is. */
export const run: JobRun = async (input, options: ImageOptions) => {
  const picture = await open(input, options.type).catch(refuse);
  if (options.what === 'measure') {
    const size = await measure(picture).catch(refuse);
    if (size.widthPixels * size.heightPixels > mostPixels) throw new JobFailure('too_large');
    return { value: size };
  }
  const made = picture
    .autoOrient()
    .resize({ width: options.width, height: options.width * 4, fit: 'inside', withoutEnlargement: options.type !== 'svg' })
    .toColourspace('srgb')
    .webp({ quality: 82, effort: 2 });
  return { value: null, files: [await made.toBuffer().catch(refuse)] };
};

function refuse(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof JobFailure) throw error;
  throw new JobFailure(/pixel limit|too large|dimensions/i.test(message) ? 'too_large' : 'damaged', message);
}
