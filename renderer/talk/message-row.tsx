import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Outgoing, ShownMessage } from '#shared/contract/workspace.ts';
import { serviceSenderId } from '#shared/model/notice.ts';
import { useExplain } from '../app/explain.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { useMembers } from '../app/people.tsx';
import { roomIcon } from '../app/room-icon.ts';
import { Avatar, TileAvatar } from '../ui/avatar.tsx';
import { Progress } from '../ui/badge.tsx';
import { LinkButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { Icon } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import { MessageBody } from './message-body.tsx';
import { MessageFileCard } from './message-file.tsx';
import { NoticeBody } from './notice-body.tsx';

/** A message that the server has. Messages that mention oneself are vermilion until they are among the old ones. */
export const MessageRow = memo(function MessageRow({
  message,
  own,
  continued,
}: {
  message: ShownMessage;
  own: boolean;
  continued: boolean;
}) {
  const { t } = useTranslation('talk');
  const format = useFormat();
  const { member: self } = useAccount();
  const sender = useMembers().get(message.senderId);
  const fromService = message.senderId === serviceSenderId;
  const name = fromService ? t('noticeRoom') : (sender?.name ?? t('unknownMember'));
  const meta = (
    <span className="meta">
      {own && message.readBy > 0 && (
        <>
          {t('read', { count: message.readBy })}
          <br />
        </>
      )}
      {format.time(message.sentAt)}
    </span>
  );
  return (
    <article className={classNames('message', own && 'own', continued && 'continued')} aria-label={own ? t('you') : name}>
      {!own && !continued && (fromService ? <TileAvatar icon={roomIcon('service')} /> : <Avatar id={message.senderId} name={name} />)}
      {!own && !continued && (
        <span className="who">
          <b>{name}</b>
          {sender !== undefined && sender.organisation !== null && <span className="t3 xs">{sender.organisation}</span>}
        </span>
      )}
      {message.text !== '' && (
        <div className="line">
          <div className={classNames('bubble selectable', !own && message.mentions.includes(self.id) && 'to-me')}>
            {message.notice === undefined ? (
              <MessageBody text={message.text} mentions={message.mentions} />
            ) : (
              <NoticeBody message={message} />
            )}
          </div>
          {message.files.length === 0 && meta}
        </div>
      )}
      {message.files.map((file, index) => (
        <div key={file.id} className="line">
          <MessageFileCard messageId={message.id} file={file} own={own} />
          {index === message.files.length - 1 && meta}
        </div>
      ))}
    </article>
  );
});

interface OutgoingRowProps {
  outgoing: Outgoing;
  continued: boolean;
  onTakeBack: (id: string) => void;
}

/** A message on its way: it stands where it will stand, and says what becomes of it. What failed keeps its text. */
export const OutgoingRow = memo(function OutgoingRow({ outgoing, continued, onTakeBack }: OutgoingRowProps) {
  const { t } = useTranslation('talk');
  const format = useFormat();
  const explain = useExplain();
  const host = useHost();
  const { accountId } = useAccount();
  const failed = outgoing.state === 'failed';
  const state = failed ? null : (
    <span className="meta">
      {t(outgoing.state === 'waiting' ? 'waiting' : 'sending')}
      <br />
      {format.time(outgoing.createdAt)}
    </span>
  );
  const retry = () => void host.workspace['message.retry']({ accountId, id: outgoing.id }).catch(() => undefined);
  const last = outgoing.files.length - 1;
  return (
    <article className={classNames('message own', continued && 'continued', failed && 'failed')} aria-label={t('you')}>
      {outgoing.text !== '' && (
        <div className="line">
          <div className="bubble selectable">{outgoing.text}</div>
          {last < 0 && state}
        </div>
      )}
      {outgoing.files.map((file, index) => (
        <div key={`${index}-${file.name}`} className="line">
          <div className="file-card own-file">
            <FileIcon kind={fileKind(file.name)} />
            <span className="col">
              <FileName name={file.name} />
              <span className="row sub">
                {!failed && file.sizeBytes > 0 && (
                  <Progress done={file.sentBytes} total={file.sizeBytes} label={t('sendingFile', { name: file.name })} />
                )}
                <span className="num">{failed ? format.size(file.sizeBytes) : format.share(file.sentBytes, file.sizeBytes)}</span>
              </span>
            </span>
          </div>
          {index === last && state}
        </div>
      ))}
      {failed && (
        <div className="failure" role="group" aria-label={t('failed')}>
          <span className="danger row">
            <Icon name="error" size={14} />
            {t('failed')}
          </span>
          <LinkButton onClick={retry}>{t('again')}</LinkButton>
          <LinkButton onClick={() => onTakeBack(outgoing.id)}>{t('takeBack')}</LinkButton>
        </div>
      )}
      {(outgoing.reason !== null || (failed && outgoing.code !== null)) && <p className="why xs t2 prose">{explain(outgoing)}</p>}
    </article>
  );
});
