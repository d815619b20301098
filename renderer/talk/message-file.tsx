import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MessageFile } from '#shared/model/talk.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { Progress } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { ContextMenu, Menu } from '../ui/menu.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useFileMenu } from './message-file-menu.tsx';

/** A file of a message, to be saved here or in Drive. While it is fetched it shows how far; what fails says why, here. */
export function MessageFileCard({ messageId, file, own }: { messageId: string; file: MessageFile; own: boolean }) {
  const { t } = useTranslation(['talk', 'ui']);
  const format = useFormat();
  const { save, transfer, problem, cancel } = useSaving(messageId, file);
  const { entries, dialog } = useFileMenu(messageId, file, () => void save());
  const running = transfer?.state === 'running' || transfer?.state === 'queued';
  const card = (
    <div className={own ? 'file-card own-file' : 'file-card'}>
      <FileIcon kind={fileKind(file.name)} />
      <span className="col">
        <FileName name={file.name} />
        {running && (
          <span className="row sub">
            <Progress done={transfer.doneBytes} total={transfer.sizeBytes} label={file.name} />
            <span className="num">{format.share(transfer.doneBytes, transfer.sizeBytes)}</span>
          </span>
        )}
        {!running && problem === null && <span className="sub num">{format.size(file.sizeBytes)}</span>}
        {!running && problem !== null && (
          <span className="sub danger prose" role="alert">
            {problem}
          </span>
        )}
      </span>
      <span className="row">
        {running ? (
          <IconButton icon="close" small label={t('ui:cancel')} onClick={cancel} />
        ) : transfer?.state === 'done' && transfer.revealable ? (
          <Reveal transferId={transfer.id} />
        ) : (
          <IconButton icon="download" small label={t('download', { name: file.name })} onClick={() => void save()} />
        )}
        <Menu entries={entries} align="end">
          <IconButton icon="more" small label={t('fileMenu', { name: file.name })} />
        </Menu>
      </span>
    </div>
  );
  return (
    <>
      <ContextMenu entries={entries}>{card}</ContextMenu>
      {dialog}
    </>
  );
}

function Reveal({ transferId }: { transferId: string }) {
  const { t } = useTranslation('talk');
  const host = useHost();
  return (
    <IconButton
      icon="folder"
      small
      label={t('reveal')}
      onClick={() => void host.shell?.['shell.reveal']({ transferId }).catch(() => undefined)}
    />
  );
}

/** Saving one file: asks where (in the app), starts the transfer, follows it. */
export function useSaving(messageId: string, file: MessageFile) {
  const host = useHost();
  const explain = useExplain();
  const { accountId } = useAccount();
  const [transferId, setTransferId] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const transfers = useAnswer('transfer.list', transferId === null ? null : { accountId });
  const transfer = transfers.data?.transfers.find(({ id }) => id === transferId);
  const save = async () => {
    setProblem(null);
    try {
      const handle = host.shell === null ? null : (await host.shell['shell.chooseSavePlace']({ name: file.name })).handle;
      if (host.shell !== null && handle === null) return;
      const started = await host.workspace['message.download']({ accountId, messageId, fileId: file.id, handle });
      setTransferId(started.transferId);
    } catch (error) {
      setProblem(explain(problemOf(error)));
    }
  };
  const failed = transfer?.state === 'failed' || transfer?.state === 'refused';
  return {
    save,
    transfer,
    problem: problem ?? (failed ? explain(transfer) : null),
    cancel: () => transferId !== null && void host.workspace['transfer.cancel']({ accountId, id: transferId }).catch(() => undefined),
  };
}
