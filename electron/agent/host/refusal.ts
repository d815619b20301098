import { AppError, reasonOf } from '#shared/base/errors.ts';

/** What a denial means at a command line, and what can be done about it. `%` is what it was about. */
const texts: Readonly<Record<string, string>> = {
  wrong_credentials: 'The member id or the password is wrong',
  too_many_attempts: 'Too many failed logins: wait a little and try again',
  member_suspended: 'The account is suspended; an administrator can lift that',
  member_suspended_failures: 'The account is suspended after failed logins; an administrator can lift that',
  member_waiting: 'The account waits for an administrator’s approval',
  member_deleted: 'The account is deleted',
  app_blocked: 'Apps are blocked for this account; the browser edition still works',
  network_denied: 'The company’s rules do not allow this network (%)',
  country_denied: 'The company’s rules do not allow this country (%)',
  country_unverified: 'From this country (%) a person must confirm who they are: log in once with the app or in a browser',
  service_denied: 'This account may not use that service here (%)',
  upgrade_required: 'This version is too old for the server; it needs %',
  keep_login_forbidden: 'The company’s rules do not allow this program to stay logged in: it logs in each time',
  session_ended: 'The session has ended: log in again',
  session_idle: 'The session ended for want of activity: log in again',
  device_wiped: 'An administrator ordered the data on this device to be erased',
  role_missing: 'This account may not do that (%)',
  reauthentication_required: 'A dangerous act: it needs a login of the last ten minutes',
};

/** One line for whoever typed a command: what a rule said in words, anything else as it is. */
export function messageOf(error: unknown): string {
  const text = texts[reasonOf(error) ?? ''];
  if (text === undefined || !(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const { subject } = error.details as { subject?: unknown };
  return typeof subject === 'string' ? text.replace('%', subject) : text.replace(/ \(%\)|; it needs %/, '');
}
