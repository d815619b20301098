import type { SettingValue } from '#shared/model/settings.ts';

/** A key press in the composer, after the input method had its say (ui/input-method.ts). */
export interface ComposerKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Held down: never sends twice. */
  readonly repeat: boolean;
}

/**
 * What Enter does (TLK-46): `send`, `ask` where the person has not chosen yet which key sends, or `type` for a new line.
 * Ctrl (or ⌘) + Enter always sends, Shift + Enter never does.
 */
export function composerAct(
  { key, shiftKey, ctrlKey, metaKey, altKey, repeat }: ComposerKey,
  sendKey: SettingValue<'sendKey'>,
): 'send' | 'ask' | 'type' {
  if (key !== 'Enter' || shiftKey || altKey) return 'type';
  if (ctrlKey || metaKey) return repeat ? 'type' : 'send';
  if (sendKey === null) return 'ask';
  return sendKey === 'enter' && !repeat ? 'send' : 'type';
}
