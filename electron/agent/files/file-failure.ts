import { AppError } from '#shared/base/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'file_missing',
  ENOTDIR: 'file_missing',
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EACCES: 'file_unreadable',
  EPERM: 'file_unreadable',
  EROFS: 'file_unreadable',
};

/** A failure of the file system as one of ours, with a reason that people can act on; anything else comes back as it is. */
export function fileFailure(error: unknown): unknown {
  const code = error instanceof Error && !(error instanceof AppError) ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const reason = reasons[code] ?? 'file_unreadable';
  const kind = reason === 'file_missing' ? 'not_found' : 'conflict';
  return new AppError(kind, `The file system said ${code}`, { cause: error, details: { reason, subject: code } });
}
