import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MessageFile } from '#shared/model/talk.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { DriveFolderPicker } from '../app/drive-picker.tsx';
import { useExplain } from '../app/explain.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import type { MenuEntry } from '../ui/menu.tsx';
import { useToast } from '../ui/toast.tsx';

/**
 * What can be done with a file of a message, for its button and its context menu, and the dialog that belongs to it. Where the rules of Talk
 * or Drive keep it from Drive (FIL-03), the line says so; the server says it again, in the dialog.
 */
export function useFileMenu(messageId: string, file: MessageFile, save: () => void): { entries: readonly MenuEntry[]; dialog: ReactNode } {
  const { t } = useTranslation('talk');
  const host = useHost();
  const router = useRouter();
  const toast = useToast();
  const explain = useExplain();
  const { accountId, policy } = useAccount();
  const [choosing, setChoosing] = useState(false);
  const { id: fileId, name, sizeBytes } = file;
  const decision = decideFile({ kind: 'file', direction: 'send', service: 'drive', through: 'talk', name, sizeBytes }, policy);
  const why =
    decision.effect === 'deny'
      ? explain({ code: 'denied', reason: decision.reason, subject: decision.subject ?? null, service: 'drive' })
      : undefined;
  const entries: readonly MenuEntry[] = [
    { text: t(host.shell === null ? 'saveFile' : 'saveFileAs'), icon: 'download', onSelect: save },
    { text: t('saveToDrive'), icon: 'folder', why, onSelect: () => setChoosing(true) },
  ];
  const dialog = choosing && (
    <DriveFolderPicker
      title={t('saveToDriveTitle')}
      actionText={(folder) => (folder === '' ? t('saveFile') : t('saveInFolder', { folder }))}
      onClose={() => setChoosing(false)}
      onPick={async ({ spaceId, folderId, name: folder }) => {
        const { node } = await host.workspace['message.saveToDrive']({ accountId, messageId, fileId, spaceId, folderId });
        setChoosing(false);
        toast({
          text: t('savedToDrive', { name: node.name, folder }),
          icon: 'done',
          action: { text: t('showInDrive'), onPress: () => router.go(pathOf('drive', folderId)) },
        });
      }}
    />
  );
  return { entries, dialog };
}
