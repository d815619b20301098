import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Canvas } from '@napi-rs/canvas';
import { getDocument, PasswordException, VerbosityLevel, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import sharp from 'sharp';
import { JobFailure, type JobRun } from '../../sandbox/job.ts';

export type PdfOptions = { readonly what: 'measure' } | { readonly what: 'picture'; readonly page: number; readonly width: number };
export interface PdfFacts {
  readonly count: number;
  readonly widthPoints: number;
  readonly heightPoints: number;
}

/** Of one picture; a page that is longer is made smaller. */
const mostPixels = 12_000_000;
/** Of a picture within a page. */
const mostImagePixels = 60_000_000;

const library = path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const folder = (name: string): string => `${path.join(library, name)}${path.sep}`;

async function open(input: string): Promise<PDFDocumentProxy> {
  const loading = getDocument({
    data: new Uint8Array(await readFile(input)),
    cMapUrl: folder('cmaps'),
    cMapPacked: true,
    standardFontDataUrl: folder('standard_fonts'),
    wasmUrl: folder('wasm'),
    iccUrl: folder('iccs'),
    useSystemFonts: false,
    disableFontFace: true,
    enableXfa: false,
    maxImageSize: mostImagePixels,
    verbosity: VerbosityLevel.ERRORS,
  });
  try {
    return await loading.promise;
  } catch (error) {
    if (error instanceof PasswordException) throw new JobFailure('encrypted');
    throw error;
  }
}

async function picture(document: PDFDocumentProxy, number: number, wanted: number): Promise<Buffer> {
  const page = await document.getPage(number);
  const { width, height } = page.getViewport({ scale: 1 });
  if (!(width > 0 && height > 0)) throw new JobFailure('damaged');
  const scale = Math.min(wanted / width, Math.sqrt(mostPixels / (width * height)));
  const viewport = page.getViewport({ scale });
  const size = [Math.max(1, Math.round(viewport.width)), Math.max(1, Math.round(viewport.height))] as const;
  const { canvas, context } = (document.canvasFactory as unknown as CanvasFactory).create(...size);
  await page.render({ canvas: null, canvasContext: context as never, viewport, background: '#ffffff' }).promise;
  const pixels = canvas.data();
  return sharp(pixels, { raw: { width: size[0], height: size[1], channels: 4 } })
    .flatten({ background: '#ffffff' })
    .webp({ quality: 85, effort: 2, smartSubsample: true })
    .toBuffer();
}
interface CanvasFactory {
  create(width: number, height: number): { readonly canvas: Canvas; readonly context: unknown };
}

/** Counts the pages of a PDF and measures the first, or makes a picture of one. */
export const run: JobRun = async (input, options: PdfOptions) => {
  const document = await open(input);
  try {
    if (options.what === 'picture') {
      if (options.page > document.numPages) throw new JobFailure('damaged', 'There is no such page');
      return { value: null, files: [await picture(document, options.page, options.width)] };
    }
    const { width, height } = (await document.getPage(1)).getViewport({ scale: 1 });
    if (!(width > 0 && height > 0)) throw new JobFailure('damaged');
    const facts: PdfFacts = { count: document.numPages, widthPoints: width, heightPoints: height };
    return { value: facts };
  } finally {
    await document.loadingTask.destroy();
  }
};
