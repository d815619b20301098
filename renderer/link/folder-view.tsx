import { type DragEvent, useCallback, useEffect, useState } from 'react';
import type { LinkItem } from '#shared/contract/link-page.ts';
import { Button } from '../ui/button.tsx';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { formatDate, formatSize } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { ErrorNote } from '../ui/note.tsx';
import { FileView } from './file-view.tsx';
import { useNow, useTexts } from './language.ts';
import { isShut, problemText } from './problem.ts';
import type { Folder, LinkServer, OpenAnswer } from './server.ts';
import { UploadButton } from './upload-button.tsx';
import { UploadList, useUploads } from './uploads.tsx';

/** A folder behind the link, and the way back up to it; never above it. */
export function FolderView({ answer, server, onShut }: { answer: OpenAnswer; server: LinkServer; onShut: () => void }) {
  const { say, language } = useTexts();
  const [folderId, setFolderId] = useState(answer.item.id);
  const [folder, setFolder] = useState<Folder | null>(null);
  const [file, setFile] = useState<LinkItem | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [isTarget, setTarget] = useState(false);

  const read = useCallback(
    (after?: string) => {
      server.folder(folderId, after).then(
        (found) => {
          setProblem(null);
          setFolder((before) => (after === undefined || before === null ? found : { ...found, items: [...before.items, ...found.items] }));
        },
        (error: unknown) => {
          setProblem(error);
          if (isShut(error)) onShut();
        },
      );
    },
    [server, folderId, onShut],
  );
  useEffect(() => read(), [read]);
  const uploads = useUploads(server, { onChanged: read, onShut });
  const mayEdit = answer.permission === 'edit';
  const here = folder?.path.at(-1)?.name ?? answer.item.name;
  const add = (files: readonly File[]): void => uploads.add(files, { into: folderId });
  const enter = (item: { readonly id: string }): void => {
    setFolder(null);
    setFile(null);
    setFolderId(item.id);
  };

  const dragged = (event: DragEvent): void => {
    if (!mayEdit || !event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setTarget(event.type === 'dragover');
    if (event.type === 'drop') add([...event.dataTransfer.files]);
  };

  if (file !== null) {
    return (
      <div className="col">
        <div className="row">
          <Button look="quiet" icon="back" onClick={() => setFile(null)} autoFocus>
            {say.close}
          </Button>
        </div>
        <h2 className="link-inner">{file.name}</h2>
        <FileView
          item={folder?.items.find(({ id }) => id === file.id) ?? file}
          answer={answer}
          server={server}
          onChanged={() => read()}
          onShut={onShut}
        />
      </div>
    );
  }
  return (
    <div className="link-folder" onDragOver={dragged} onDragLeave={dragged} onDrop={dragged} {...(isTarget ? { 'data-target': true } : {})}>
      <div className="link-acts">
        {answer.mayDownload ? (
          <a className="button primary large" href={server.zipUrl(folderId)} download>
            <Icon name="download" size={16} />
            {say.downloadAll}
          </a>
        ) : (
          <p className="sm t2">{say.viewOnly}</p>
        )}
        {mayEdit && <UploadButton text={say.upload} many onChosen={add} />}
      </div>
      {isTarget && (
        <p className="sm accent" role="status">
          {say.drop(here)}
        </p>
      )}
      <UploadList uploads={uploads} />
      {folder !== null && folder.path.length > 1 && <Way path={folder.path} onEnter={enter} />}
      {problem !== null && <ErrorNote title={problemText(problem, language)} retry={{ text: say.again, onPress: () => read() }} />}
      {folder?.items.length === 0 && <p className="t2">{`${say.empty}${mayEdit ? say.emptyDrop : ''}`}</p>}
      {folder !== null && folder.items.length > 0 && (
        <Items items={folder.items} answer={answer} server={server} onFolder={enter} onFile={setFile} />
      )}
      {folder?.after != null && <Button onClick={() => read(folder.after!)}>{say.more}</Button>}
    </div>
  );
}

function Way({ path, onEnter }: { path: Folder['path']; onEnter: (step: { readonly id: string }) => void }) {
  const { say } = useTexts();
  return (
    <nav className="link-way" aria-label={say.way}>
      <ol>
        {path.map((step, index) => (
          <li key={step.id}>
            {index === path.length - 1 ? (
              <span aria-current="page">{step.name}</span>
            ) : (
              <>
                <button type="button" className="link" onClick={() => onEnter(step)}>
                  {step.name}
                </button>
                <Icon name="forward" size={14} className="t3" />
              </>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

interface ItemsProps {
  items: readonly LinkItem[];
  answer: OpenAnswer;
  server: LinkServer;
  onFolder: (item: LinkItem) => void;
  onFile: (item: LinkItem) => void;
}

function Items({ items, answer, server, onFolder, onFile }: ItemsProps) {
  const { say, language } = useTexts();
  const now = useNow();
  return (
    <table className="link-items">
      <thead>
        <tr>
          <th scope="col">{say.columnName}</th>
          <th scope="col" className="number">
            {say.columnSize}
          </th>
          <th scope="col" className="date">
            {say.columnDate}
          </th>
          <th scope="col">
            <span className="unseen">{say.columnAct}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.id}>
            <td>
              <button
                type="button"
                className="link-item"
                aria-label={say.open(item.name)}
                onClick={() => (item.kind === 'folder' ? onFolder(item) : onFile(item))}
              >
                <FileIcon kind={item.kind === 'folder' ? 'folder' : fileKind(item.name)} small />
                <FileName name={item.name} />
              </button>
            </td>
            <td className="number t2 num">{item.sizeBytes === null ? '' : formatSize(item.sizeBytes, language)}</td>
            <td className="date t2 num">{formatDate(item.updatedAt, now, language)}</td>
            <td className="act">
              {answer.mayDownload && (
                <a
                  className="icon-button"
                  href={item.kind === 'folder' ? server.zipUrl(item.id) : server.contentUrl(item.id)}
                  download
                  aria-label={say.downloadNamed(item.name)}
                >
                  <Icon name="download" />
                </a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
