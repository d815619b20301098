import type { LinkItem } from '#shared/contract/link-page.ts';
import { Icon } from '../ui/icon.tsx';
import { FilePreview } from './file-preview.tsx';
import { useTexts } from './language.ts';
import type { LinkServer, OpenAnswer } from './server.ts';
import { UploadButton } from './upload-button.tsx';
import { UploadList, useUploads } from './uploads.tsx';

interface FileViewProps {
  item: LinkItem;
  answer: Pick<OpenAnswer, 'mayDownload' | 'permission'>;
  server: LinkServer;
  /** A new version was saved. */
  onChanged: () => void;
  onShut: () => void;
}

/** One file: what can be seen of it here, and what can be done with it. */
export function FileView({ item, answer, server, onChanged, onShut }: FileViewProps) {
  const { say } = useTexts();
  const uploads = useUploads(server, { onChanged, onShut });
  return (
    <div className="link-file">
      <div className="link-acts">
        {answer.mayDownload ? (
          <a className="button primary large" href={server.contentUrl(item.id)} download>
            <Icon name="download" size={16} />
            {say.download}
          </a>
        ) : (
          <p className="sm t2">{say.viewOnly}</p>
        )}
        {answer.permission === 'edit' && (
          <UploadButton
            text={say.replace}
            many={false}
            onChosen={(files) => uploads.add(files, { into: item.id, version: item.version })}
          />
        )}
      </div>
      <UploadList uploads={uploads} />
      <FilePreview item={item} mayDownload={answer.mayDownload} server={server} />
    </div>
  );
}
