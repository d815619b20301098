/** Which tab of the details column was asked for, and how often one was: asking shows it, whatever was shown before. */
export interface AskedDetails {
  readonly tab: 'facts' | 'versions' | 'activity';
  readonly times: number;
}
