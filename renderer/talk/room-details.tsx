import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ShownMessage } from '#shared/contract/workspace.ts';
import { useAccount } from '../app/host-context.tsx';
import { useMembers } from '../app/people.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton, LinkButton } from '../ui/button.tsx';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { ContextMenu, Menu } from '../ui/menu.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useFileMenu } from './message-file-menu.tsx';
import { useSaving } from './message-file.tsx';
import type { ListedRoom } from './room-order.ts';

/** How many people and files are shown before asking for more. */
const first = 6;

interface RoomDetailsProps {
  room: ListedRoom;
  memberIds: readonly string[];
  messages: readonly ShownMessage[];
  onClose: () => void;
}

/** The right column: who is in the room, and the files of the messages that are loaded. */
export function RoomDetails({ room, memberIds, messages, onClose }: RoomDetailsProps) {
  const { t } = useTranslation('talk');
  const format = useFormat();
  const members = useMembers();
  const { member: own } = useAccount();
  const [allMembers, setAllMembers] = useState(false);
  const people = useMemo(
    () =>
      memberIds.flatMap((id) => members.get(id) ?? (id === own.id ? own : [])).toSorted((a, b) => a.reading.localeCompare(b.reading, 'ja')),
    [memberIds, members, own],
  );
  const files = useMemo(() => messages.flatMap((message) => message.files.map((file) => ({ file, message }))).toReversed(), [messages]);
  const shown = allMembers ? people : people.slice(0, first);
  return (
    <aside className="details" data-column aria-label={t('details')}>
      <div className="head">
        <h2 className="grow">{t('details')}</h2>
        <IconButton icon="close" small label={t('closeDetails')} onClick={onClose} />
      </div>
      <div className="details-body">
        <section className="section">
          <h3>
            {t('memberList')} <span className="t3 num">{room.kind === 'self' || room.kind === 'service' ? 1 : room.memberCount}</span>
          </h3>
          <ul>
            {shown.map(({ id, name, organisation, title }) => (
              <li key={id} className="person">
                <Avatar id={id} name={name} size="medium" />
                <span className="col grow">
                  <span className="cut">{name}</span>
                  <span className="sub cut">{format.facts([organisation, title])}</span>
                </span>
              </li>
            ))}
          </ul>
          {people.length > shown.length && (
            <LinkButton className="sm" onClick={() => setAllMembers(true)}>
              {t('moreMembers', { count: people.length - shown.length })}
            </LinkButton>
          )}
        </section>
        <section className="section">
          <h3>
            {t('fileList')} <span className="t3 num">{files.length > 0 && files.length}</span>
          </h3>
          {files.length === 0 ? (
            <p className="sm t3">{t('noFiles')}</p>
          ) : (
            <ul>
              {files.slice(0, 50).map(({ file, message }) => (
                <FileLine key={file.id} file={file} message={message} />
              ))}
            </ul>
          )}
        </section>
      </div>
    </aside>
  );
}

function FileLine({ file, message }: { file: ShownMessage['files'][number]; message: ShownMessage }) {
  const { t } = useTranslation('talk');
  const format = useFormat();
  const { save, transfer, problem } = useSaving(message.id, file);
  const { entries, dialog } = useFileMenu(message.id, file, () => void save());
  const running = transfer?.state === 'running' || transfer?.state === 'queued';
  return (
    <ContextMenu entries={entries}>
      <li className="person">
        <FileIcon kind={fileKind(file.name)} />
        <span className="col grow">
          <FileName name={file.name} />
          <span className={problem === null ? 'sub cut num' : 'sub danger prose'}>
            {problem ??
              (running
                ? format.share(transfer.doneBytes, transfer.sizeBytes)
                : format.facts([format.size(file.sizeBytes), format.moment(message.sentAt)]))}
          </span>
        </span>
        <IconButton icon="download" small label={t('download', { name: file.name })} disabled={running} onClick={() => void save()} />
        <Menu entries={entries} align="end">
          <IconButton icon="more" small label={t('fileMenu', { name: file.name })} />
        </Menu>
        {dialog}
      </li>
    </ContextMenu>
  );
}
