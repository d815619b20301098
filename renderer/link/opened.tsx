import { FileIcon, fileKind } from '../ui/file.tsx';
import { formatDay, formatFacts, formatSize } from '../ui/format.ts';
import { FileView } from './file-view.tsx';
import { FolderView } from './folder-view.tsx';
import { useNow, useTexts } from './language.ts';
import type { LinkServer, OpenAnswer } from './server.ts';

/** What is behind the link: a file, or a folder with what lies in it. `onShut` looks again, for when the link is over. */
export function Opened({ answer, server, onShut }: { answer: OpenAnswer; server: LinkServer; onShut: () => void }) {
  const { say, language } = useTexts();
  const now = useNow();
  const { item, sharedBy, company, expiresAt, permission } = answer;
  return (
    <section className="link-sheet link-wide">
      <div className="link-what">
        <FileIcon kind={item.kind === 'folder' ? 'folder' : fileKind(item.name)} />
        <div className="grow">
          <h1 className="link-name">{item.name}</h1>
          <p className="sm t2">
            {formatFacts(
              [
                item.sizeBytes === null ? null : formatSize(item.sizeBytes, language),
                say.sharedBy(sharedBy, company),
                expiresAt === null ? null : say.until(formatDay(expiresAt, now, language)),
                permission === 'edit' ? say.editable : null,
              ],
              language,
            )}
          </p>
        </div>
      </div>
      {item.kind === 'file' ? (
        <FileView item={item} answer={answer} server={server} onChanged={onShut} onShut={onShut} />
      ) : (
        <FolderView answer={answer} server={server} onShut={onShut} />
      )}
    </section>
  );
}
