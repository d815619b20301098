import { createContext, useContext, useEffect, useState } from 'react';
import type { Node } from '#shared/model/drive.ts';
import { FileIcon, fileKind, type FileKind } from '../ui/file.tsx';

/** Where pictures come from, and those that were found to have none. */
export interface ThumbnailSource {
  /** Null until the host has said. */
  readonly baseUrl: string | null;
  readonly without: Set<string>;
}
export const ThumbnailContext = createContext<ThumbnailSource>({ baseUrl: null, without: new Set() });

/** What passes by while one scrolls is not asked for. */
const settledMs = 120;
/** Kinds of files of which no picture is ever made. */
const neverShown: ReadonlySet<FileKind> = new Set(['archive', 'program']);

/** The address of a file's first page as a small picture (DRV-17); another version has another address. */
export const thumbnailUrl = (baseUrl: string, { id, version }: Pick<Node, 'id' | 'version'>): string =>
  `${baseUrl}/files/${encodeURIComponent(id)}/preview/1?width=256&version=${version}`;

/** A picture of what is in a file, once it has been in view for a moment; the icon of its kind until then and where there is none. */
export function Thumbnail({ node }: { node: Node }) {
  const { baseUrl, without } = useContext(ThumbnailContext);
  const key = `${node.id}/${node.version}`;
  const kind = fileKind(node.name);
  const may = baseUrl !== null && !neverShown.has(kind) && node.content !== null && node.content.sizeBytes > 0 && !without.has(key);
  const [settled, setSettled] = useState<string | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    if (!may) return undefined;
    const timer = setTimeout(() => setSettled(key), settledMs);
    return () => clearTimeout(timer);
  }, [may, key]);
  const isAsked = may && settled === key;
  return (
    <>
      {shown !== key && <FileIcon kind={kind} />}
      {isAsked && (
        <img
          className={shown === key ? 'thumbnail' : 'thumbnail waiting'}
          src={thumbnailUrl(baseUrl, node)}
          alt=""
          draggable={false}
          decoding="async"
          onLoad={() => setShown(key)}
          onError={() => {
            without.add(key);
            setSettled(null);
          }}
        />
      )}
    </>
  );
}
