import '../../renderer/app/zod-without-eval.ts';
import { driveBefore } from './fake-drive-bridge.ts';
import { fakeDriveCompany } from './fake-drive-company.ts';
import type { FakeDrive } from './fake-drive.ts';
import { FakeHost } from './fake-host.ts';
import type { FakeOptions } from './fake-options.ts';

declare global {
  interface Window {
    fakeOptions: FakeOptions;
    fake: FakeHost;
    /** Only with the option `drive`. */
    fakeDrive: FakeDrive;
  }
}

// Runs in the page before the renderer, in the place of the preload script.
const { fakeOptions } = window;
window.fake = new FakeHost(fakeOptions);
const bridge = window.fake.bridge();
if (fakeOptions.drive === true) {
  window.fakeDrive = fakeDriveCompany(fakeOptions.now, (event) => window.fake.emit(event));
  window.fakeDrive.beyond.contentUrl = `${location.origin}/pictures`;
  window.fakeDrive.messageFile = (messageId, fileId) => window.fake.messageFile(messageId, fileId);
  window.fake.driveFile = (nodeId) => {
    const { name, content } = window.fakeDrive.nodes.get(nodeId)!;
    return { name, sizeBytes: content!.sizeBytes };
  };
  Object.assign(window, { hikyaku: driveBefore(window.fakeDrive, bridge) });
} else {
  Object.assign(window, { hikyaku: bridge });
}
