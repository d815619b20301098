import { z } from 'zod';
import { assertNever } from '#shared/base/assert.ts';
import { mostPreviewPages, type Preview } from '#shared/model/preview.ts';
import type { Services } from '../context.ts';
import type { FoundFile } from '../content/find-file.ts';
import { memorySource, storedSource, type Source } from '../content/inspection/source.ts';
import { chunksOf } from '../content/stored-content.ts';
import type { Job, JobFailureReason, JobLimits, JobOutcome, Sandbox } from '../sandbox/job.ts';
import type { Cache } from './cache.ts';
import type { ImageOptions } from './decoders/image.ts';
import type { PdfOptions } from './decoders/pdf.ts';
import { makeMaker, type Made } from './made.ts';
import { convertToPdf, type OfficeKind } from './office.ts';
import { typeOf, type FileType } from './types.ts';

/** Counted up when pictures come out differently: what was kept from before is made anew. */
export const pipelineVersion = 1;
/** A conversion that takes longer goes on, and whoever waits is told `pending`, in milliseconds. */
const patienceMs = 20_000;

/** Who looks: pictures of one member never wait for all of another's. */
export interface Viewer {
  readonly tenantId: string;
  readonly memberId: string;
}
type File = Pick<FoundFile, 'name' | 'content' | 'stored'>;
type PagedType = Extract<FileType, { kind: 'pdf' | 'office' }>;
type None = Extract<Preview, { kind: 'none' }>;
export type Picture = { readonly kind: 'picture'; readonly mediaType: 'image/webp'; readonly bytes: Uint8Array } | None;

/** DRV-17. Files are those that the asker may have: who may is decided before. */
export interface Previews {
  /** How a file is shown. */
  describe(viewer: Viewer, file: File): Promise<Preview>;
  /** A picture of a page, from 1 on; `none` also for a page that there is not. When `signal` is over nobody waits for it. */
  picture(viewer: Viewer, file: File, page: number, width: number, signal?: AbortSignal): Promise<Picture>;
}

const modules = { image: new URL('decoders/image.ts', import.meta.url), pdf: new URL('decoders/pdf.ts', import.meta.url) };
const mebibyte = 1_048_576;
const pictureLimits: Partial<JobLimits> = { inputBytes: 200 * mebibyte, outputBytes: 24 * mebibyte, milliseconds: 20_000 };

const ImageFacts = z.object({ widthPixels: z.number().int().positive(), heightPixels: z.number().int().positive() });
const PdfFacts = z.object({ count: z.number().int().positive(), widthPoints: z.number().positive(), heightPoints: z.number().positive() });

const none = (reason: string): None => ({ kind: 'none', reason });
/** `cancelled` and `overloaded` say nothing of the file. */
const noneOf = (reason: JobFailureReason): None => none(reason === 'overloaded' || reason === 'cancelled' ? 'pending' : reason);

export interface PreviewParts {
  readonly sandbox: Sandbox;
  readonly cache: Cache;
  /** LibreOffice's path, or null where there is none. */
  readonly officeProgram: string | null;
  /** Of one picture. */
  readonly limits?: Partial<JobLimits>;
}

/** Puts previews together. */
export function makePreviews(
  { blobs, clock }: Pick<Services, 'blobs' | 'clock'>,
  { sandbox, cache, officeProgram, limits = pictureLimits }: PreviewParts,
): Previews {
  const maker = makeMaker(cache, clock);

  const sourceOf = ({ content, stored }: File): Source => {
    const lost = chunksOf(content).find(({ hash }) => !stored.has(hash));
    if (lost !== undefined) throw new Error(`Chunk ${lost.hash} of a committed file is not in the store`);
    return storedSource(blobs, content, stored);
  };
  const ticketOf = ({ tenantId, memberId }: Viewer, signal: AbortSignal) => ({ tenantId, asker: memberId, signal });
  const keyOf = ({ tenantId }: Viewer, { content }: File) => {
    const { contentHash } = content;
    return { tenantId, contentHash, chunkHash: chunksOf(content)[0]?.hash ?? contentHash };
  };
  const get = (
    viewer: Viewer,
    file: File,
    what: string,
    signal: AbortSignal | undefined,
    make: (stop: AbortSignal) => Promise<JobOutcome>,
  ) => maker.get({ ...keyOf(viewer, file), what: `v${pipelineVersion}-${what}` }, signal, make);
  const decode = (viewer: Viewer, kind: keyof typeof modules, input: Source, options: ImageOptions | PdfOptions, signal: AbortSignal) => {
    const job: Job = { ...ticketOf(viewer, signal), urgency: 'soon', module: modules[kind], input, options, limits };
    return sandbox.run(job);
  };

  /** The PDF that a document is shown as, kept like a picture. */
  const converted = (viewer: Viewer, file: File, type: Extract<FileType, { kind: 'office' }>, signal?: AbortSignal): Promise<Made> =>
    get(viewer, file, `${type.extension}.pdf`, signal, async (stop) => {
      if (officeProgram === null) return { kind: 'failed', reason: 'damaged' };
      const convert = (sheetPerPage: boolean): Promise<JobOutcome<null>> =>
        convertToPdf(sandbox, officeProgram, ticketOf(viewer, stop), {
          ...type,
          source: sourceOf(file),
          mostPages: mostPreviewPages,
          sheetPerPage,
        });
      const outcome = await convert(type.of === 'sheets');
      if (type.of !== 'sheets' || outcome.kind === 'failed') return outcome;
      // A long sheet on one page is too small to read: then as it would be printed.
      const measured = await decode(viewer, 'pdf', memorySource(outcome.files[0]!), { what: 'measure' }, stop);
      const facts = measured.kind === 'done' ? PdfFacts.safeParse(measured.value).data : undefined;
      return facts !== undefined && facts.heightPoints > facts.widthPoints * 3 ? convert(false) : outcome;
    });

  /** The bytes of the PDF that pages are made of, the file's own or those it was converted to; or why there are none. */
  const pdfOf = async (viewer: Viewer, file: File, type: PagedType, signal?: AbortSignal): Promise<Source | JobFailureReason> => {
    if (type.kind === 'pdf') return sourceOf(file);
    const made = await converted(viewer, file, type, signal);
    return made.kind === 'made' ? memorySource(made.bytes) : made.reason;
  };
  const shownTypeOf = async (file: File): Promise<FileType> => {
    const type = await typeOf(file.name, sourceOf(file));
    return type.kind === 'office' && officeProgram === null ? none('converter_missing') : type;
  };

  const describePages = async (viewer: Viewer, file: File, type: PagedType, of: OfficeKind): Promise<Preview> => {
    const pdf = await pdfOf(viewer, file, type);
    if (typeof pdf === 'string') return noneOf(pdf);
    const made = await get(viewer, file, 'pages.json', undefined, (stop) => decode(viewer, 'pdf', pdf, { what: 'measure' }, stop));
    if (made.kind === 'failed') return noneOf(made.reason);
    const facts = PdfFacts.parse(JSON.parse(new TextDecoder().decode(made.bytes)));
    return { kind: 'pages', of, ...facts, count: Math.min(facts.count, mostPreviewPages) };
  };

  const describe = async (viewer: Viewer, file: File): Promise<Preview> => {
    const type = await shownTypeOf(file);
    switch (type.kind) {
      case 'image': {
        const options: ImageOptions = { what: 'measure', type: type.type };
        const made = await get(viewer, file, 'image.json', undefined, (stop) => decode(viewer, 'image', sourceOf(file), options, stop));
        if (made.kind === 'failed') return noneOf(made.reason);
        return { kind: 'image', ...ImageFacts.parse(JSON.parse(new TextDecoder().decode(made.bytes))) };
      }
      case 'pdf':
        return describePages(viewer, file, type, 'pages');
      case 'office':
        return describePages(viewer, file, type, type.of);
      case 'text':
      case 'media':
      case 'none':
        return type;
      default:
        return assertNever(type, 'type of file');
    }
  };

  /** What takes longer goes on without whoever asked. */
  const within = async (work: Promise<Preview>): Promise<Preview> => {
    let cancel = (): void => undefined;
    const patience = new Promise<Preview>((resolve) => {
      cancel = clock.after(patienceMs, () => resolve(none('pending')));
    });
    try {
      return await Promise.race([work, patience]);
    } finally {
      cancel();
    }
  };

  return {
    describe: (viewer, file) => within(describe(viewer, file)),
    picture: async (viewer, file, page, width, signal) => {
      const type = await shownTypeOf(file);
      if (type.kind === 'none') return type;
      if (type.kind === 'text' || type.kind === 'media' || (type.kind === 'image' && page !== 1)) return none('no_such_page');
      const made = await get(viewer, file, `p${page}-w${width}.webp`, signal, async (stop) => {
        if (type.kind === 'image') {
          return decode(viewer, 'image', sourceOf(file), { what: 'picture', type: type.type, width }, stop);
        }
        const pdf = await pdfOf(viewer, file, type, stop);
        if (typeof pdf === 'string') return { kind: 'failed', reason: pdf };
        return decode(viewer, 'pdf', pdf, { what: 'picture', page, width }, stop);
      });
      return made.kind === 'made' ? { kind: 'picture', mediaType: 'image/webp', bytes: made.bytes } : noneOf(made.reason);
    },
  };
}
