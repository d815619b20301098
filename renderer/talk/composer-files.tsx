import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileHandle } from '#shared/contract/workspace.ts';
import type { Node } from '#shared/model/drive.ts';
import { mostMessageFiles } from '#shared/model/talk.ts';
import { problemOf, useExplain, type Problem } from '../app/explain.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { IconButton } from '../ui/button.tsx';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { Icon } from '../ui/icon.tsx';
import { Note } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';
import { fromDrive, judge, type Attachment, type DroppedFile, type Refusal } from './attachments.ts';
import { useDrafts } from './drafts.ts';

/** A refusal, or a failure of the host to take the files. */
type Shown = Refusal | { readonly kind: 'problem'; readonly problem: Problem };

/** What is attached in one room: judged by the rules before the host is asked, so a refusal is there at once. */
export function useAttachments(roomId: string) {
  const host = useHost();
  const drafts = useDrafts();
  const { accountId, policy } = useAccount();
  const [list, setList] = useState<readonly Attachment[]>(() => drafts.attachments(roomId));
  const [refusals, setRefusals] = useState<readonly Shown[]>([]);
  const replace = useCallback(
    (next: readonly Attachment[]) => {
      setList(next);
      drafts.setAttachments(roomId, next);
    },
    [drafts, roomId],
  );
  const current = () => drafts.attachments(roomId);
  const admit = (files: readonly (Attachment & { readonly folder: boolean })[]) => {
    const { taken, refusals: late } = judge(files, current().length, policy);
    replace([...current(), ...taken.map(({ folder: _, ...file }) => file)]);
    return late;
  };
  const ofPc = (handles: readonly FileHandle[]) =>
    handles.map(({ handle, name, sizeBytes, kind }) => ({ id: handle, from: 'pc' as const, name, sizeBytes, folder: kind === 'folder' }));
  const add = async (files: readonly DroppedFile[]) => {
    const { taken, refusals: early } = judge(files, current().length, policy);
    setRefusals(early);
    if (taken.length === 0) return;
    try {
      const late = admit(ofPc(await host.registerFiles(taken.map(({ file }) => file))));
      setRefusals([...early, ...late]);
    } catch (error) {
      setRefusals([...early, { kind: 'problem', problem: problemOf(error) }]);
    }
  };
  const pick = async () => {
    if (host.shell === null)
      return add((await pickInBrowser()).map((file) => ({ file, name: file.name, sizeBytes: file.size, folder: false })));
    try {
      setRefusals(admit(ofPc((await host.shell['shell.chooseFiles']({ folders: false })).files)));
    } catch (error) {
      setRefusals([{ kind: 'problem', problem: problemOf(error) }]);
    }
  };
  return {
    list,
    refusals,
    add,
    pick,
    /** Files of Drive; one that is attached already stays once. */
    addFromDrive: (nodes: readonly Node[]) => {
      const here = new Set(current().map(({ id }) => id));
      setRefusals(admit(fromDrive(nodes.filter(({ id }) => !here.has(id))).map((file) => ({ ...file, folder: false }))));
    },
    replace,
    remove: ({ id, from }: Attachment) => {
      replace(current().filter((one) => one.id !== id));
      // What was pasted lies in a copy of the host's, which goes with the chip.
      if (from === 'pc') void host.workspace['draft.discardFile']({ accountId, handle: id }).catch(() => undefined);
    },
    dismiss: () => setRefusals([]),
  };
}

/** The browser's own dialog; nothing is chosen when the person closes it. */
const pickInBrowser = (): Promise<readonly File[]> =>
  new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });

/** The chips of what will go with the message. */
export function AttachmentList({ list, onRemove }: { list: readonly Attachment[]; onRemove: (file: Attachment) => void }) {
  const { t } = useTranslation('talk');
  const format = useFormat();
  if (list.length === 0) return null;
  return (
    <ul className="attachments">
      {list.map((file) => (
        <li key={file.id} className="attachment">
          <FileIcon kind={fileKind(file.name)} small />
          <FileName name={file.name} />
          <span className="num xs t3 nowrap">{format.size(file.sizeBytes)}</span>
          {file.from === 'drive' && (
            <span className="row" title={t('isFromDrive')}>
              <Icon name="folder" size={14} className="t3" label={t('isFromDrive')} />
            </span>
          )}
          <IconButton icon="close" small label={t('removeFile', { name: file.name })} onClick={() => onRemove(file)} />
        </li>
      ))}
    </ul>
  );
}

/** What was not attached and why, by the name of the file and the text of the rule. */
export function RefusalList({ refusals, onClose }: { refusals: readonly Shown[]; onClose: () => void }) {
  const { t } = useTranslation(['talk', 'ui']);
  const explain = useExplain();
  if (refusals.length === 0) return null;
  const sentence = (refusal: Shown): string => {
    switch (refusal.kind) {
      case 'rule':
        return explain({ code: 'denied', reason: refusal.reason, subject: refusal.subject });
      case 'folder':
        return t('folderRefused');
      case 'too_many':
        return t('tooManyFiles', { count: mostMessageFiles });
      case 'problem':
        return explain(refusal.problem);
    }
  };
  // One sentence a reason, with the names it is about.
  const groups = new Map<string, string[]>();
  for (const refusal of refusals) {
    const names = groups.get(sentence(refusal)) ?? [];
    groups.set(sentence(refusal), 'name' in refusal ? [...names, refusal.name] : names);
  }
  return (
    <Note icon="forbidden" tone="danger" alert action={<IconButton icon="close" small label={t('ui:close')} onClick={onClose} />}>
      {[...groups].map(([why, names]) => (
        <span key={why} className="refusal">
          {names.length > 0 && <b className="cut">{names.join('、')}</b>}
          <span>{why}</span>
        </span>
      ))}
    </Note>
  );
}
