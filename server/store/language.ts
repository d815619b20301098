import { MemberProfile } from '#shared/model/profile.ts';

/** The language that a member is written to in, from the column `profile` (ADM-01). */
export const languageOf = (profile: string): MemberProfile['language'] =>
  MemberProfile.pick({ language: true }).parse(JSON.parse(profile)).language;
