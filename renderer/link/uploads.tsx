import { useCallback, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { formatShare } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { useTexts } from './language.ts';
import { isShut, problemText, reasonText } from './problem.ts';
import type { LinkServer, UploadPlace } from './server.ts';

/** One file on its way, or what became of it. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  readonly replaces: boolean;
  readonly state:
    | { readonly kind: 'sending' }
    | { readonly kind: 'done'; readonly name: string }
    | { readonly kind: 'failed'; readonly error: unknown };
}

/** A refusal or conflict of the Drive's, as something thrown. */
class Refused extends Error {
  readonly reason: string;
  readonly detail: string | null;
  constructor(reason: string, detail: string | null) {
    super(reason);
    this.reason = reason;
    this.detail = detail;
  }
}

export interface Uploads {
  readonly all: readonly Upload[];
  /** Sends files one after the other. */
  add(files: readonly File[], place: UploadPlace): void;
  cancel(id: number): void;
}

/** What people send through the link. `onChanged` after each file that arrived, `onShut` when the link is over. */
export function useUploads(server: LinkServer, { onChanged, onShut }: { onChanged: () => void; onShut: () => void }): Uploads {
  const [all, setAll] = useState<readonly Upload[]>([]);
  const line = useRef(Promise.resolve());
  const aborts = useRef(new Map<number, AbortController>());
  const next = useRef(0);
  const change = useCallback((id: number, state: Partial<Upload>) => {
    setAll((before) => before.map((one) => (one.id === id ? { ...one, ...state } : one)));
  }, []);

  const send = async (id: number, file: File, place: UploadPlace): Promise<void> => {
    const abort = aborts.current.get(id)!;
    try {
      abort.signal.throwIfAborted();
      const result = await server.upload(file, place, (sentBytes) => change(id, { sentBytes }), abort.signal);
      if (result.kind === 'missing_chunks') throw new Refused('unavailable', null);
      if (result.kind !== 'applied') throw new Refused(result.reason, result.kind === 'refused' ? (result.detail ?? null) : null);
      change(id, { sentBytes: file.size, state: { kind: 'done', name: result.node.name } });
      onChanged();
    } catch (error) {
      if (abort.signal.aborted) setAll((before) => before.filter((one) => one.id !== id));
      else change(id, { state: { kind: 'failed', error } });
      if (isShut(error)) onShut();
    } finally {
      aborts.current.delete(id);
    }
  };

  return {
    all,
    add: (files, place) => {
      for (const file of files) {
        next.current += 1;
        const id = next.current;
        aborts.current.set(id, new AbortController());
        const replaces = place.version !== undefined;
        setAll((before) => [...before, { id, name: file.name, sizeBytes: file.size, sentBytes: 0, replaces, state: { kind: 'sending' } }]);
        line.current = line.current.then(() => send(id, file, place));
      }
    },
    cancel: (id) => aborts.current.get(id)?.abort(),
  };
}

export function UploadList({ uploads }: { uploads: Uploads }) {
  const { say, language } = useTexts();
  if (uploads.all.length === 0) return null;
  const said = (error: unknown): string =>
    error instanceof Refused ? reasonText(error.reason, error.detail, language) : problemText(error, language);
  return (
    <section className="link-uploads" aria-label={say.uploads}>
      <ul>
        {uploads.all.map(({ id, name, sizeBytes, sentBytes, replaces, state }) => (
          <li key={id} className="link-upload">
            <FileIcon kind={fileKind(name)} small />
            <span className="grow">
              <FileName name={state.kind === 'done' ? state.name : name} />
            </span>
            {state.kind === 'sending' && (
              <>
                <span className="sm t2 num">{say.uploading(formatShare(sentBytes, sizeBytes, language))}</span>
                <Button size="small" look="quiet" onClick={() => uploads.cancel(id)} aria-label={`${say.cancel}: ${name}`}>
                  {say.cancel}
                </Button>
              </>
            )}
            {state.kind === 'done' && (
              <span className="row sm positive" role="status">
                <Icon name="done" size={16} />
                {replaces ? say.replaced : say.uploaded}
              </span>
            )}
            {state.kind === 'failed' && (
              <span className="row sm danger" role="alert">
                <Icon name="error" size={16} />
                {said(state.error)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
