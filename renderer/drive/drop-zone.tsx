import { createContext, useContext, useEffect, useMemo, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { dropVerdict, type Dragged, type DropTarget, type DropVerdict } from './drop.ts';

/** Where the pointer hangs with something, and what a drop there would do. */
export interface Hover {
  readonly zone: string;
  readonly target: DropTarget;
  readonly verdict: DropVerdict;
  readonly isMove: boolean;
}

export type DraggedRows = Extract<Dragged, { kind: 'nodes' }>;

interface DragStore {
  readonly hover: Hover | null;
  /** `spring` is called when the pointer rests on the same zone. */
  readonly setHover: (hover: Hover | null, spring?: () => void) => void;
  /** Rows of ours that are being dragged; the platform keeps what is dragged to itself until the drop. */
  readonly rows: () => DraggedRows | null;
  readonly setRows: (rows: DraggedRows | null) => void;
  readonly blocked: readonly string[];
  readonly onDrop: (target: DropTarget, dropped: Dropped) => void;
}
export type Dropped =
  | { readonly kind: 'files'; readonly transfer: DataTransfer }
  | { readonly kind: 'nodes'; readonly dragged: DraggedRows; readonly copies: boolean };

const DragContext = createContext<DragStore | null>(null);

/** Types that platforms tell while hovering, when they keep the names back: enough to refuse what is most often blocked. */
const extensionOfType: Readonly<Record<string, string>> = {
  'application/x-msdownload': 'exe',
  'application/x-ms-dos-executable': 'exe',
  'application/x-msdos-program': 'exe',
  'application/x-dosexec': 'exe',
  'application/vnd.microsoft.portable-executable': 'exe',
  'application/x-msi': 'msi',
  'application/x-sh': 'sh',
  'application/x-shellscript': 'sh',
  'application/java-archive': 'jar',
  'application/zip': 'zip',
  'application/x-zip-compressed': 'zip',
};

/** What hangs on the pointer, as far as the platform tells. */
function draggedOf(transfer: DataTransfer, rows: DraggedRows | null): Dragged | null {
  // Rows whose list was replaced while they were dragged never hear the end of it: what comes from outside goes first.
  if (!transfer.types.includes('Files')) return rows;
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const files = [...transfer.files].map(({ name }) => name);
  const names =
    files.length > 0 ? files : items.flatMap(({ type }) => (extensionOfType[type] === undefined ? [] : [`.${extensionOfType[type]}`]));
  return {
    kind: 'files',
    count: Math.max(1, items.length, files.length),
    names: names.map((name) => (name.startsWith('.') ? `x${name}` : name)),
  };
}

const same = (a: Hover | null, b: Hover | null): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const springMs = 700;

interface DropFieldProps {
  blocked: readonly string[];
  onDrop: DragStore['onDrop'];
  className: string;
  children: ReactNode;
}

/** The screen around all zones: nothing that is dropped beside a zone reaches the browser. */
export function DropField({ blocked, onDrop, className, children }: DropFieldProps) {
  const [hover, setHoverNow] = useState<Hover | null>(null);
  const rows = useRef<DraggedRows | null>(null);
  const resting = useRef<{ zone: string | null; timer: ReturnType<typeof setTimeout> | undefined }>({ zone: null, timer: undefined });
  const store = useMemo<DragStore>(
    () => ({
      hover,
      rows: () => rows.current,
      setRows: (dragged) => {
        rows.current = dragged;
      },
      blocked,
      onDrop,
      setHover: (next, spring) => {
        const zone = next?.zone ?? null;
        if (resting.current.zone !== zone) {
          clearTimeout(resting.current.timer);
          resting.current = { zone, timer: spring === undefined ? undefined : setTimeout(spring, springMs) };
        }
        setHoverNow((now) => (same(now, next) ? now : next));
      },
    }),
    [hover, blocked, onDrop],
  );
  useEffect(() => {
    const end = () => {
      rows.current = null;
      clearTimeout(resting.current.timer);
      resting.current = { zone: null, timer: undefined };
      setHoverNow(null);
    };
    window.addEventListener('dragend', end);
    return () => {
      window.removeEventListener('dragend', end);
      end();
    };
  }, []);
  return (
    <DragContext.Provider value={store}>
      <div
        className={className}
        onDragOver={(event) => {
          event.preventDefault();
          event.dataTransfer.dropEffect = 'none';
          store.setHover(null);
        }}
        onDragLeave={(event) => {
          if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) store.setHover(null);
        }}
        onDrop={(event) => {
          event.preventDefault();
          store.setHover(null);
        }}
      >
        {children}
      </div>
    </DragContext.Provider>
  );
}

/** Where the pointer hangs, for what is said about it. */
export const useHover = (): Hover | null => useContext(DragContext)?.hover ?? null;

/** Says which rows are being dragged from now on. */
export function useDragStart(): (event: DragEvent, dragged: DraggedRows) => void {
  const store = useContext(DragContext);
  return (event, dragged) => {
    if (store === null) return;
    store.setRows(dragged);
    event.dataTransfer.effectAllowed = 'copyMove';
    event.dataTransfer.setData('text/plain', '');
  };
}

export interface Zone {
  readonly className: string | null;
  readonly handlers: { onDragOver?: (event: DragEvent) => void; onDrop?: (event: DragEvent) => void };
}

/** Makes zones: each has a name of its own, and a target that takes what is dropped; `null` leaves it to what is around it. */
export function useDropZones(): (zone: string, target: DropTarget | null, spring?: () => void) => Zone {
  const store = useContext(DragContext);
  return (zone, target, spring) => {
    if (store === null || target === null) return { className: null, handlers: {} };
    const judge = (event: DragEvent): { dragged: Dragged; verdict: DropVerdict } | null => {
      const dragged = draggedOf(event.dataTransfer, store.rows());
      return dragged === null ? null : { dragged, verdict: dropVerdict(dragged, target, store.blocked, event.ctrlKey || event.metaKey) };
    };
    const isOver = store.hover?.zone === zone;
    return {
      className: isOver ? (store.hover?.verdict.kind === 'refuse' ? 'drop-refused' : 'drop-here') : null,
      handlers: {
        onDragOver: (event) => {
          const judged = judge(event);
          if (judged === null) return;
          event.preventDefault();
          event.stopPropagation();
          const { dragged, verdict } = judged;
          event.dataTransfer.dropEffect =
            verdict.kind === 'refuse' ? 'none' : verdict.kind === 'move' || verdict.kind === 'delete' ? 'move' : 'copy';
          store.setHover({ zone, target, verdict, isMove: dragged.kind === 'nodes' }, spring);
        },
        onDrop: (event) => {
          const judged = judge(event);
          event.preventDefault();
          event.stopPropagation();
          store.setHover(null);
          store.setRows(null);
          if (judged === null) return;
          const { dragged, verdict } = judged;
          // A blocked file is handed on: the host refuses it by the rules in force and keeps the reason in view.
          if (verdict.kind === 'refuse' && verdict.reason !== 'extension_blocked') return;
          store.onDrop(
            target,
            dragged.kind === 'nodes'
              ? { kind: 'nodes', dragged, copies: verdict.kind === 'copy' }
              : { kind: 'files', transfer: event.dataTransfer },
          );
        },
      },
    };
  };
}
