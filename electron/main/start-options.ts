/** What the command line says. Everything that is not ours (Chromium's switches, the app's folder) is passed over. */
export interface StartOptions {
  /** Another folder for everything this start keeps: a second identity beside the first. */
  readonly profile: string | null;
  /** The server that the login form offers first. */
  readonly server: string | null;
  /** Start in the tray, without a window. */
  readonly hidden: boolean;
  /** A `hikyaku://` address that the OS handed over. */
  readonly link: string | null;
}

/** Reads `--profile DIR`, `--server URL` (both also with `=`), `--hidden` and a deep link. */
export function parseStartOptions(argv: readonly string[]): StartOptions {
  const valueOf = (name: string): string | null => {
    const joined = argv.find((argument) => argument.startsWith(`--${name}=`));
    if (joined !== undefined) return joined.slice(name.length + 3) || null;
    const at = argv.indexOf(`--${name}`);
    const next = at === -1 ? undefined : argv[at + 1];
    return next === undefined || next.startsWith('--') ? null : next;
  };
  return {
    profile: valueOf('profile'),
    server: valueOf('server'),
    hidden: argv.includes('--hidden'),
    link: argv.find((argument) => /^hikyaku:/i.test(argument)) ?? null,
  };
}
