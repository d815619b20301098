import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node, Space } from '#shared/model/drive.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { FolderMembers } from './folder-members.tsx';
import { LinkList } from './link-list.tsx';
import './sharing.css';

interface ShareDialogProps {
  node: Node;
  space: Space;
  /** What is looked at first. */
  start: 'people' | 'links';
  onClose: () => void;
}

/** With whom something is shared: the members of a folder (DRV-07), and links (DRV-13, DRV-14). */
export function ShareDialog({ node, space, start, onClose }: ShareDialogProps) {
  const { t } = useTranslation('sharing');
  const [tab, setTab] = useState(start);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('shareTitle', { name: node.parentId === null ? space.name : node.name })}
      className="share-dialog"
    >
      <div className="share-tabs">
        <Segmented
          label={t('tabs')}
          value={tab}
          options={[
            { value: 'people', text: t('people') },
            { value: 'links', text: t('links') },
          ]}
          onChange={setTab}
        />
      </div>
      {tab === 'links' ? (
        <LinkList node={node} />
      ) : node.kind === 'folder' ? (
        <FolderMembers folder={node} space={space} onClose={onClose} />
      ) : (
        <p className="sm t2 prose">{t('fileFollows')}</p>
      )}
    </Dialog>
  );
}
