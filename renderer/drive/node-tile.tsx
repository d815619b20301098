import type { ReactNode } from 'react';
import type { Node, Permission } from '#shared/model/drive.ts';
import { Icon } from '../ui/icon.tsx';
import { FolderIcon } from './node-mark.tsx';
import { Thumbnail } from './thumbnail.tsx';

/** A file or folder as a tile: its picture over its name. */
export function NodeTile({ node, permission, chosen, name }: { node: Node; permission: Permission; chosen: boolean; name: ReactNode }) {
  return (
    <>
      <span className="tile-picture">
        {node.kind === 'folder' ? (
          <span className="file-icon kind-folder large">
            <FolderIcon node={node} permission={permission} size={40} />
          </span>
        ) : (
          <Thumbnail node={node} />
        )}
        {chosen && (
          <span aria-hidden className="row-tick tile-tick">
            <Icon name="check" size={12} />
          </span>
        )}
      </span>
      <span className="tile-name">{name}</span>
    </>
  );
}
