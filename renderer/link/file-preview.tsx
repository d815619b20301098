import { lazy, Suspense, useEffect, useState } from 'react';
import type { LinkItem } from '#shared/contract/link-page.ts';
import type { Preview } from '#shared/model/preview.ts';
import { useTexts } from './language.ts';
import type { LinkServer } from './server.ts';

/** Readers of formats are fetched with the first text. */
const TextPreview = lazy(async () => ({ default: (await import('./text-preview.tsx')).TextPreview }));

/** As wide as the sheet on a screen with twice as many pixels. */
const pictureWidth = 1_920;

/** What can be seen of a file without opening it (DRV-17): its picture, its pages, or its text. */
export function FilePreview({ item, mayDownload, server }: { item: LinkItem; mayDownload: boolean; server: LinkServer }) {
  const { say } = useTexts();
  const [found, setFound] = useState<{ readonly key: string; readonly preview: Preview | null } | null>(null);
  const key = `${item.id} ${item.version}`;
  useEffect(() => {
    let isOver = false;
    const show = (preview: Preview | null): void => {
      if (!isOver) setFound({ key, preview });
    };
    server.preview(item.id).then(show, () => show(null));
    return () => {
      isOver = true;
    };
  }, [server, item.id, key]);

  if (found?.key !== key) return <p className="sm t3" role="status">{`${say.looking}…`}</p>;
  const { preview } = found;
  switch (preview?.kind) {
    case 'image':
      return (
        <Picture
          name={item.name}
          url={server.pictureUrl(item.id, 1, item.version, pictureWidth)}
          ratio={preview.widthPixels / preview.heightPixels}
        />
      );
    case 'pages':
      return (
        <div className="link-pages">
          {Array.from({ length: preview.count }, (_, index) => (
            <Picture
              key={index}
              name={say.page(index + 1, preview.count)}
              url={server.pictureUrl(item.id, index + 1, item.version, pictureWidth)}
              ratio={preview.widthPoints / preview.heightPoints}
            />
          ))}
        </div>
      );
    case 'text':
      return (
        <div className="link-text" role="region" aria-label={item.name} tabIndex={0}>
          <Suspense fallback={null}>
            <TextPreview preview={preview} />
          </Suspense>
          {preview.truncated && <p className="sm t3">{say.truncated}</p>}
        </div>
      );
    case 'media':
      return mayDownload ? <Player item={item} of={preview.of} url={server.contentUrl(item.id)} /> : <p className="t2">{say.noPreview}</p>;
    default:
      return <p className="t2">{mayDownload ? say.noPreviewDownload : say.noPreview}</p>;
  }
}

/** Plays the file itself, by ranges; what this browser cannot play can still be downloaded. */
function Player({ item, of, url }: { item: LinkItem; of: 'video' | 'audio'; url: string }) {
  const { say } = useTexts();
  const [failed, setFailed] = useState(false);
  if (failed) return <p className="t2">{say.noPreviewDownload}</p>;
  const fail = (): void => setFailed(true);
  return of === 'video' ? (
    <video className="link-picture" src={url} controls preload="metadata" aria-label={item.name} onError={fail} />
  ) : (
    <audio className="link-audio" src={url} controls preload="metadata" aria-label={item.name} onError={fail} />
  );
}

/** A picture that keeps its room while it is being made, and says so where it could not be. */
function Picture({ name, url, ratio }: { name: string; url: string; ratio: number }) {
  const { say } = useTexts();
  const [failed, setFailed] = useState(false);
  if (failed) return <p className="sm t3">{say.noPicture}</p>;
  const [width, height] = Number.isFinite(ratio) && ratio > 0 ? [Math.round(1_000 * ratio), 1_000] : [1_000, 1_000];
  return <img className="link-picture" src={url} alt={name} width={width} height={height} loading="lazy" onError={() => setFailed(true)} />;
}
