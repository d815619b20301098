import { uuidv7 } from '#shared/base/uuid.ts';
import type { MemberProfile } from '#shared/model/profile.ts';
import type { RequestContext, Services } from '../context.ts';
import type { Inspector } from '../content/inspection/inspector.ts';
import { languageOf } from '../store/language.ts';
import { sendMessage } from './send.ts';

/** Files that somebody has just put into a room's folder. */
export interface RoomUpload {
  readonly tenantId: string;
  readonly memberId: string;
  readonly policy: RequestContext['policy'];
  readonly roomId: string;
  readonly names: readonly string[];
}

/** How many of several files are named. */
const mostNamed = 3;

const texts: Readonly<Record<MemberProfile['language'], { one(names: string): string; more(names: string, others: number): string }>> = {
  ja: {
    one: (names) => `「${names}」をフォルダーに追加しました。`,
    more: (names, others) => `「${names}」ほか${others}件をフォルダーに追加しました。`,
  },
  en: {
    one: (names) => `Added “${names}” to the folder.`,
    more: (names, others) => `Added “${names}” and ${others} more to the folder.`,
  },
};

/** TLK-62: says in the room what was put into its folder, as a message of who did it. What cannot be said is logged: the files are there all the same. */
export function makeUploadNotices(services: Services & { readonly inspector: Inspector }): (upload: RoomUpload) => Promise<void> {
  const { database, clock, random, log } = services;
  return async ({ tenantId, memberId, policy, roomId, names }) => {
    try {
      const { profile } = await database
        .selectFrom('members')
        .select('profile')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', memberId)
        .executeTakeFirstOrThrow();
      const language = languageOf(profile);
      const named = names.slice(0, mostNamed).join(language === 'ja' ? '」「' : '”, “');
      const others = names.length - mostNamed;
      const text = others > 0 ? texts[language].more(named, others) : texts[language].one(named);
      const draft = { id: uuidv7(clock.now(), random(10)), roomId, text, files: [], mentions: [] };
      await sendMessage(services, { tenantId, member: { id: memberId }, policy }, draft);
    } catch (error) {
      log.warn({ error, roomId }, 'An upload could not be told in its room');
    }
  };
}
