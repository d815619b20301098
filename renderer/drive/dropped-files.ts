/** Every entry of a folder that was dropped; browsers hand them out a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** The files in a dropped entry; those of a folder carry the way to them as files of the folder dialog do (`webkitRelativePath`). */
async function filesIn(entry: FileSystemEntry, above: string): Promise<File[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    if (above !== '') Object.defineProperty(file, 'webkitRelativePath', { value: `${above}${file.name}` });
    return [file];
  }
  if (!isFolder(entry)) return [];
  const inside = await entriesOf(entry);
  return (await Promise.all(inside.map((one) => filesIn(one, `${above}${entry.name}/`)))).flat();
}

/**
 * What was dropped, folders with all that is in them. In the app the host reads folders from the disk by itself: there they are handed
 * over as they come. Must be called within the event of the drop.
 */
export async function droppedFiles(transfer: DataTransfer, readsFolders = false): Promise<readonly File[]> {
  const files = [...transfer.files];
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (readsFolders || !entries.some(isFolder)) return files;
  return (await Promise.all(entries.map((entry) => filesIn(entry, '')))).flat();
}
