import { AppError } from '#shared/base/errors.ts';
import { replyFailure } from '#shared/client/reply-failure.ts';
import { LinkToken, linkPage, type LinkAnswer } from '#shared/contract/link-page.ts';
import { connect, type OutputOf, type Send } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { MutationResult } from '#shared/model/drive.ts';
import type { Preview } from '#shared/model/preview.ts';

export type Folder = OutputOf<typeof linkPage, 'linkPage.folder'>;
export type OpenAnswer = Extract<LinkAnswer, { kind: 'open' }>;
/** What became of an upload. */
export type Uploaded = MutationResult;

/** Where an upload goes: into a folder, or over a file as its next version. */
export interface UploadPlace {
  readonly into: string;
  /** The version that is replaced, for files. */
  readonly version?: number;
}

/** What this page asks of the server it came from, for one link. All methods throw `AppError`. */
export interface LinkServer {
  open(): Promise<LinkAnswer>;
  password(password: string): Promise<void>;
  sendCode(mail: string, language: 'ja' | 'en'): Promise<void>;
  enterCode(code: string): Promise<void>;
  folder(folderId: string, after?: string): Promise<Folder>;
  preview(fileId: string): Promise<Preview>;
  /** The picture of a page of a file. The version only tells pictures apart that a browser keeps. */
  pictureUrl(fileId: string, page: number, version: number, width: number): string;
  /** Addresses for plain links of the page. */
  contentUrl(fileId: string): string;
  zipUrl(folderId: string): string;
  /** @param onProgress told the bytes that have gone so far */
  upload(file: File, place: UploadPlace, onProgress: (bytes: number) => void, signal: AbortSignal): Promise<Uploaded>;
}

export function linkServer(token: string): LinkServer {
  let version: Promise<string> | null = null;
  const ask = async (name: string, input: unknown, headers: Record<string, string>): Promise<unknown> => {
    const response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'x-hikyaku': '1', ...headers },
      body: JSON.stringify(input),
      cache: 'no-store',
    }).catch((cause: unknown) => {
      throw new AppError('unavailable', 'No answer', { cause });
    });
    return response.json();
  };
  /** The page came from this server, so it is of its version; rules on versions hold for pages too. */
  const ownVersion = (): Promise<string> => {
    version ??= connect(tenant, (name, input) => ask(name, input, {}))
      ['server.info']({})
      .then((info) => info.version);
    version.catch(() => {
      version = null;
    });
    return version;
  };
  const send: Send = async (name, input) => ask(name, input, { 'x-hikyaku-version': await ownVersion() });
  const server = connect(linkPage, send);
  const place = `/l/${token}`;

  return {
    open: async () => (LinkToken.safeParse(token).success ? server['linkPage.open']({ token }) : { kind: 'over', reason: 'missing' }),
    password: async (password) => void (await server['linkPage.password']({ token, password })),
    sendCode: async (mail, language) => void (await server['linkPage.sendCode']({ token, mail, language })),
    enterCode: async (code) => void (await server['linkPage.enterCode']({ token, code })),
    folder: (folderId, after) => server['linkPage.folder']({ token, folderId, ...(after === undefined ? {} : { after }) }),
    preview: async (fileId) => (await server['linkPage.preview']({ token, fileId })).preview,
    pictureUrl: (fileId, page, shown, width) =>
      `${place}/preview/${page}?${new URLSearchParams({ file: fileId, width: String(width), shown: String(shown) }).toString()}`,
    contentUrl: (fileId) => `${place}/content?file=${encodeURIComponent(fileId)}`,
    zipUrl: (folderId) => `${place}/zip?folder=${encodeURIComponent(folderId)}`,
    upload: async (file, { into, version: replaced }, onProgress, signal) => {
      const query = new URLSearchParams({ into, name: file.name, modified: String(file.lastModified) });
      if (replaced !== undefined) query.set('version', String(replaced));
      const answer = await put(`${place}/upload?${query.toString()}`, file, await ownVersion(), onProgress, signal);
      const failure = replyFailure(answer);
      if (failure !== null) throw failure;
      return MutationResult.parse((answer as { value: { result: unknown } }).value.result);
    },
  };
}

/** Sends a file as it is. `fetch` cannot tell how far it has got, XMLHttpRequest can. */
function put(url: string, file: File, version: string, onProgress: (bytes: number) => void, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const lost = (): void => reject(new AppError('unavailable', 'The upload broke off'));
    request.open('PUT', url);
    request.setRequestHeader('x-hikyaku', '1');
    request.setRequestHeader('x-hikyaku-version', version);
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('error', lost);
    request.addEventListener('abort', lost);
    request.addEventListener('load', () => {
      try {
        resolve(JSON.parse(request.responseText));
      } catch {
        lost();
      }
    });
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
