import { lazy, Suspense } from 'react';
import { assertNever } from '#shared/base/assert.ts';
import type { Node } from '#shared/model/drive.ts';
import type { Preview } from '#shared/model/preview.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useTranslation } from 'react-i18next';
import { MediaView } from './media-view.tsx';
import { PagesView } from './pages-view.tsx';
import { PictureView } from './picture-view.tsx';

// What they are made with is large and seldom needed.
const TextView = lazy(async () => ({ default: (await import('./text-view.tsx')).TextView }));

interface PreviewBodyProps {
  node: Node;
  preview: Exclude<Preview, { kind: 'none' }>;
  /** The address of a part of the file: `preview/1?width=960`, `content`. */
  address: (part: string) => string;
}

/** A file as its kind is shown. */
export function PreviewBody({ node, preview, address }: PreviewBodyProps) {
  const { t } = useTranslation('viewer');
  const picture = (page: number, width: number) => address(`preview/${page}?width=${width}&version=${node.version}`);
  switch (preview.kind) {
    case 'image':
      return <PictureView name={node.name} preview={preview} picture={picture} />;
    case 'pages':
      return <PagesView preview={preview} picture={picture} />;
    case 'media':
      return <MediaView name={node.name} of={preview.of} address={address(`content?version=${node.version}`)} />;
    case 'text':
      return (
        <Suspense fallback={<Skeleton rows={6} height={34} label={t('loading')} />}>
          <TextView preview={preview} />
        </Suspense>
      );
    default:
      return assertNever(preview, 'preview');
  }
}
