/** The desktop entry that starts `program` in the tray at login (freedesktop.org Autostart); the path is quoted as the specification says. */
export function autoStartEntry(program: string): string {
  const quoted = program.replace(/["`$\\]/g, (letter) => `\\${letter}`).replaceAll('%', '%%');
  return `[Desktop Entry]\nType=Application\nName=Hikyaku\nExec="${quoted}" --hidden\nTerminal=false\nX-GNOME-Autostart-enabled=true\n`;
}
