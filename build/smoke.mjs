import { withNewNode } from './node-version.mjs';

await withNewNode(() => import('./start/smoke.ts'));
