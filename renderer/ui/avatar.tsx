import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

/** The colour of a person without a picture: chosen by id, so it is the same everywhere and in both themes. */
export function avatarColour(id: string): number {
  // FNV-1a with a last mix, so that ids that differ in one letter do not share a colour.
  let sum = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) sum = Math.imul(sum ^ id.charCodeAt(index), 0x01000193) >>> 0;
  sum = (sum ^ (sum >>> 15)) >>> 0;
  return (sum % 7) + 1;
}

/** What stands for a name: the first letter where it is Japanese, the initials of its first and last word where it is Latin. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s　]+/u)
    .filter(Boolean);
  const first = [...(words[0] ?? '')][0] ?? '';
  if (!/\p{Script=Latin}/u.test(first) || words.length < 2) return first.toUpperCase();
  return (first + ([...(words.at(-1) ?? '')][0] ?? '')).toUpperCase();
}

/** A person. Decoration beside their name, so it has none of its own. */
export function Avatar({ id, name, size = 'normal' }: { id: string; name: string; size?: 'small' | 'medium' | 'normal' }) {
  return (
    <span aria-hidden className={classNames('avatar', `avatar-${avatarColour(id)}`, size !== 'normal' && size)}>
      {initials(name)}
    </span>
  );
}

/** What is not a person: a group, an organisation, a note to oneself. */
export function TileAvatar({ icon, size = 'normal' }: { icon: IconName; size?: 'small' | 'medium' | 'normal' }) {
  return (
    <span aria-hidden className={classNames('avatar', 'tile', size !== 'normal' && size)}>
      <Icon name={icon} size={size === 'normal' ? 18 : 15} />
    </span>
  );
}

/** The company: the first letter of its name on the frame's colour. */
export function CompanyAvatar({ name }: { name: string }) {
  return (
    <span aria-hidden className="avatar medium company">
      {initials(name)}
    </span>
  );
}
