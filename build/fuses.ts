import { type FuseConfig, FuseV1Options, FuseVersion } from '@electron/fuses';

/** Every fuse there is must be said: leaving one out, or a new one that Electron adds, is a compile error. */
type EveryFuse = Required<Record<FuseV1Options, boolean>>;

/** The fuses of the packaged app. Tests drive the unpacked app, where inspecting is still possible. */
const fuses: EveryFuse = {
  // The program is the app and nothing else: not a Node for others to run scripts with.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  // Only the code that was packed runs (integrity is checked on Windows and macOS).
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  // No snapshot of our own for the main process.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Pages come from app://, never from file://.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // WebAssembly keeps its fast bounds checks.
  [FuseV1Options.WasmTrapHandlers]: true,
};

/** The fuses to set in a runtime whose fuse wire is `wire`: an older Electron, packed for tests, has fewer. */
export function fusesFor(wire: object): FuseConfig {
  const known = Object.entries(fuses).filter(([fuse]) => fuse in wire);
  return { version: FuseVersion.V1, ...Object.fromEntries(known) };
}
