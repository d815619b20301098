import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useTranslation } from 'react-i18next';
import type { Preview } from '#shared/model/preview.ts';

interface PagesViewProps {
  preview: Extract<Preview, { kind: 'pages' }>;
  /** The address of a page in a width, in pixels. */
  picture: (page: number, width: number) => string;
}

const gap = 16;
const widest = 960;

/** The pages of a document one under the other; only those near the window are fetched. */
export function PagesView({ preview, picture }: PagesViewProps) {
  const { t } = useTranslation('viewer');
  const scroll = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const place = scroll.current;
    if (place === null) return undefined;
    const observer = new ResizeObserver(([entry]) => entry !== undefined && setWidth(Math.min(widest, entry.contentRect.width - gap * 2)));
    observer.observe(place);
    return () => observer.disconnect();
  }, []);
  const height = (width * preview.heightPoints) / preview.widthPoints;
  // oxlint-disable-next-line react/incompatible-library -- nothing of it is passed on
  const pages = useVirtualizer({
    count: preview.count,
    getScrollElement: () => scroll.current,
    estimateSize: () => height + gap,
    overscan: 1,
  });
  useEffect(() => pages.measure(), [pages, height]);
  const offset = (pages.scrollOffset ?? 0) + (scroll.current?.clientHeight ?? 0) / 2;
  const current = height === 0 ? 1 : Math.min(preview.count, Math.floor(offset / (height + gap)) + 1);
  const name = preview.of === 'slides' ? 'slide' : preview.of === 'sheets' ? 'sheet' : 'page';
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'PageDown' && event.key !== 'PageUp') return;
    event.preventDefault();
    pages.scrollToIndex(Math.max(0, Math.min(preview.count - 1, current - 1 + (event.key === 'PageDown' ? 1 : -1))), { align: 'start' });
  };
  return (
    <div className="pages-view">
      <div
        ref={scroll}
        className="pages-scroll"
        tabIndex={0}
        role="group"
        aria-label={t(name, { page: current, count: preview.count })}
        onKeyDown={onKeyDown}
      >
        <div className="pages" style={{ height: pages.getTotalSize() }}>
          {width > 0 &&
            pages
              .getVirtualItems()
              .map(({ index, start }) => (
                <PagePicture
                  key={index}
                  page={index + 1}
                  box={{ transform: `translateY(${start + gap / 2}px)`, width, height }}
                  address={(again) => picture(index + 1, width > 480 ? 1_920 : 960) + (again === 0 ? '' : `&again=${again}`)}
                />
              ))}
        </div>
      </div>
      <div className="viewer-tools sm num" aria-live="polite">
        {t(name, { page: current, count: preview.count })}
      </div>
    </div>
  );
}

function PagePicture({
  page,
  box,
  address,
}: {
  page: number;
  box: { transform: string; width: number; height: number };
  address: (again: number) => string;
}) {
  const { t } = useTranslation('viewer');
  const [again, setAgain] = useState(0);
  const [failed, setFailed] = useState(false);
  return (
    <div className="page" style={box}>
      {failed ? (
        <span className="page-failed sm">
          {t('pictureFailed')}
          <button
            type="button"
            className="link"
            onClick={() => {
              setAgain(again + 1);
              setFailed(false);
            }}
          >
            {t('retry')}
          </button>
        </span>
      ) : (
        <img key={again} src={address(again)} alt={t('pageImage', { page })} draggable={false} onError={() => setFailed(true)} />
      )}
    </div>
  );
}
