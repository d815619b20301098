import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/note.tsx';

/** Keeps a bug of one screen from taking the window with it. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    if (!this.state.crashed) return this.props.children;
    return <Crashed onReopen={() => this.setState({ crashed: false })} />;
  }
}

function Crashed({ onReopen }: { onReopen: () => void }) {
  const { t } = useTranslation('frame');
  return (
    <div className="main col grow" role="alert">
      <Empty icon="error" title={t('crashed')} action={<Button onClick={onReopen}>{t('reopen')}</Button>}>
        {t('crashedMore')}
      </Empty>
    </div>
  );
}
