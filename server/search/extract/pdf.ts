import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { getDocument, PasswordException, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { JobFailure } from '../../sandbox/job.ts';
import { TextCollector } from './text-collector.ts';

const library = path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const folder = (name: string): string => `${path.join(library, name)}${path.sep}`;

/** Lines of a page end in the middle of Japanese words; what was one word is one again. */
const brokenWord = /(?<=[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}])\n(?=[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}])/gu;

/** The text of a PDF, page by page. Throws for what is damaged or encrypted. */
export async function pdfText(file: string): Promise<TextCollector> {
  const loading = getDocument({
    data: new Uint8Array(await readFile(file)),
    cMapUrl: folder('cmaps'),
    cMapPacked: true,
    standardFontDataUrl: folder('standard_fonts'),
    wasmUrl: folder('wasm'),
    disableFontFace: true,
    enableXfa: false,
    verbosity: VerbosityLevel.ERRORS,
  });
  try {
    const document = await loading.promise;
    const collector = new TextCollector();
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
      if (!collector.add(`${text.replace(brokenWord, '')}\n`)) break;
      page.cleanup();
    }
    return collector;
  } catch (error) {
    if (error instanceof PasswordException) throw new JobFailure('encrypted');
    throw error;
  } finally {
    await loading.destroy();
  }
}
