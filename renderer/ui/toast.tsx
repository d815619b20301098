import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LinkButton, IconButton } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

/** A short line for what has no place of its own; never for errors that have one. */
export interface ToastContent {
  readonly text: string;
  readonly icon?: IconName;
  /** One thing to do with it, for instance to undo. */
  readonly action?: { readonly text: string; readonly onPress: () => void };
  /** Takes the place of an earlier one with the same key instead of standing beside it. */
  readonly key?: string;
  /** How long it stays, in milliseconds; things to undo stay 10 s. */
  readonly milliseconds?: number;
}
type Show = (content: ToastContent) => void;
const ToastContext = createContext<Show>(() => undefined);

/** Shows a toast. */
export const useToast = (): Show => useContext(ToastContext);

/** Holds the toasts of the window; must stand once around the app. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation('ui');
  const [toasts, setToasts] = useState<readonly (ToastContent & { id: number })[]>([]);
  const last = useRef(0);
  const drop = useCallback((id: number) => setToasts((now) => now.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>(
    (content) => {
      const id = (last.current += 1);
      setToasts((now) => [...now.filter(({ key }) => key === undefined || key !== content.key).slice(-2), { ...content, id }]);
      setTimeout(() => drop(id), content.milliseconds ?? (content.action === undefined ? 5_000 : 10_000));
    },
    [drop],
  );
  const list = useMemo(
    () => (
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text, icon = 'info', action }) => (
          <div key={id} className="toast">
            <Icon name={icon} size={16} className="t2" />
            <span className="grow prose">{text}</span>
            {action !== undefined && (
              <LinkButton
                onClick={() => {
                  drop(id);
                  action.onPress();
                }}
              >
                {action.text}
              </LinkButton>
            )}
            <IconButton icon="close" small label={t('close')} onClick={() => drop(id)} />
          </div>
        ))}
      </div>
    ),
    [toasts, drop, t],
  );
  return (
    <ToastContext.Provider value={show}>
      {children}
      {list}
    </ToastContext.Provider>
  );
}
