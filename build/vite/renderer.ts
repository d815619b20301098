import { existsSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import { root } from '../paths.ts';

/** The pages: the app (in Electron and in the browser), the administrator's console, where an app's login goes on in a browser, and links. */
const pages = { index: 'index.html', admin: 'admin/index.html', signIn: 'sign-in/index.html', link: 'link/index.html' };

/** Bundles everything that runs in a browser. Nothing is inlined, so that a content security policy of `'self'` suffices. */
export function rendererBundle(outDir: string): InlineConfig {
  const base = path.join(root, 'renderer');
  const input = Object.fromEntries(
    Object.entries(pages).flatMap(([name, page]) => (existsSync(path.join(base, page)) ? [[name, path.join(base, page)]] : [])),
  );
  return {
    configFile: false,
    root: base,
    base: '/',
    logLevel: 'warn',
    publicDir: existsSync(path.join(base, 'public')) ? 'public' : false,
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      target: 'chrome130',
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: true,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input },
    },
  };
}
