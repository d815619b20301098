import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { assert } from '#shared/base/assert.ts';
import type { Node, Space } from '#shared/model/drive.ts';
import { PropertiesDialog } from './details/properties-dialog.tsx';
import { DriveSettings } from './sharing/drive-settings.tsx';
import { ShareDialog } from './sharing/share-dialog.tsx';
import { Viewer } from './viewer/viewer.tsx';

/** What opens over the drive, from wherever a file or folder is shown. */
export interface Overlays {
  /** Shows a file; `among` are those that one can go through from there, folders left out. */
  readonly preview: (node: Node, among: readonly Node[]) => void;
  readonly share: (node: Node, space: Space, start: 'people' | 'links') => void;
  readonly properties: (nodes: readonly Node[]) => void;
  readonly driveSettings: (space: Space) => void;
}
type Open =
  | { readonly kind: 'viewer'; readonly nodeId: string; readonly among: readonly Node[] }
  | { readonly kind: 'share'; readonly node: Node; readonly space: Space; readonly start: 'people' | 'links' }
  | { readonly kind: 'properties'; readonly nodes: readonly Node[] }
  | { readonly kind: 'drive'; readonly space: Space };

const OverlaysContext = createContext<Overlays | null>(null);

/** The way to open them. */
export function useOverlays(): Overlays {
  const overlays = useContext(OverlaysContext);
  assert(overlays !== null, 'an OverlaysProvider stands around the drive');
  return overlays;
}

interface OverlaysProviderProps {
  children: ReactNode;
  onDownload: (node: Node) => void;
  /** Null where there are no other programs (browsers). */
  onOpenExternally: ((node: Node) => void) | null;
}

/** Holds what is open over the drive; must stand once around it. */
export function OverlaysProvider({ children, onDownload, onOpenExternally }: OverlaysProviderProps) {
  const [open, setOpen] = useState<Open | null>(null);
  const close = useCallback(() => setOpen(null), []);
  const overlays = useMemo<Overlays>(
    () => ({
      preview: (node, among) => setOpen({ kind: 'viewer', nodeId: node.id, among: among.filter(({ kind }) => kind === 'file') }),
      share: (node, space, start) => setOpen({ kind: 'share', node, space, start }),
      properties: (nodes) => setOpen({ kind: 'properties', nodes }),
      driveSettings: (space) => setOpen({ kind: 'drive', space }),
    }),
    [],
  );
  return (
    <OverlaysContext.Provider value={overlays}>
      {children}
      {open?.kind === 'viewer' && (
        <Viewer
          nodes={open.among}
          nodeId={open.nodeId}
          onMove={(nodeId) => setOpen({ ...open, nodeId })}
          onClose={close}
          onDownload={onDownload}
          onOpenExternally={onOpenExternally}
        />
      )}
      {open?.kind === 'share' && <ShareDialog node={open.node} space={open.space} start={open.start} onClose={close} />}
      {open?.kind === 'properties' && <PropertiesDialog nodes={open.nodes} onClose={close} />}
      {open?.kind === 'drive' && <DriveSettings space={open.space} onClose={close} />}
    </OverlaysContext.Provider>
  );
}
