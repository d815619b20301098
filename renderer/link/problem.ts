import { AppError } from '#shared/base/errors.ts';
import { formatSize, type Language } from '../ui/format.ts';
import { texts } from './texts.ts';

/** Why something did not happen, in words. */
export function reasonText(reason: string | null, subject: string | null, language: Language): string {
  const say = texts[language];
  const bytes = Number(subject);
  if (reason === 'file_too_large' && subject !== null && Number.isSafeInteger(bytes)) return say.fileTooLarge(formatSize(bytes, language));
  const text = reason === null ? undefined : say.reasons[reason];
  return text === undefined ? say.failed : text.replace('{{subject}}', subject ?? '');
}

export function problemText(error: unknown, language: Language): string {
  if (!(error instanceof AppError)) return texts[language].failed;
  if (error.code === 'unavailable' && reasonOf(error) === null) return texts[language].unavailable;
  if (error.code === 'too_large') return texts[language].reasons['file_too_large']!;
  return reasonText(reasonOf(error), subjectOf(error), language);
}

const detail = (error: AppError, name: string): string | null => {
  const value = (error.details as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : null;
};
const reasonOf = (error: AppError): string | null => detail(error, 'reason');
const subjectOf = (error: AppError): string | null => detail(error, 'subject');

/** Whether the link, or this browser's way through it, is over: the page looks anew. */
export const isShut = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'unauthenticated' || reasonOf(error)?.startsWith('link_') === true);
