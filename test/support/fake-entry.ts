import '../../renderer/app/zod-without-eval.ts';
import { FakeHost, type FakeOptions } from './fake-host.ts';

declare global {
  interface Window {
    fakeOptions: FakeOptions;
    fake: FakeHost;
  }
}

// Runs in the page before the renderer, in the place of the preload script.
window.fake = new FakeHost(window.fakeOptions);
Object.assign(window, { hikyaku: window.fake.bridge() });
