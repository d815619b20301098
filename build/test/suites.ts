/** A suite of tests: a vitest project, or the checks of `npm run check`. */
export interface Suite {
  readonly name: string;
  /** How long it may take on two cores; the table at the end says when it took longer. */
  readonly budgetSeconds: number;
  /** Run as an ordinary user: as root nothing is refused, and Chromium has no sandbox. */
  readonly ordinaryUser: boolean;
  /** What it needs beside the checkout. */
  readonly needs: readonly ('system' | 'electron')[];
}

/** In the order in which they run: the quick ones first. Together with preparing at most 35 minutes. */
export const suites: readonly Suite[] = [
  { name: 'check', budgetSeconds: 120, ordinaryUser: false, needs: [] },
  { name: 'unit', budgetSeconds: 60, ordinaryUser: false, needs: [] },
  { name: 'property', budgetSeconds: 60, ordinaryUser: false, needs: [] },
  { name: 'sim', budgetSeconds: 60, ordinaryUser: false, needs: [] },
  { name: 'store', budgetSeconds: 100, ordinaryUser: true, needs: ['system'] },
  { name: 'agent', budgetSeconds: 430, ordinaryUser: true, needs: ['system'] },
  { name: 'server', budgetSeconds: 400, ordinaryUser: true, needs: ['system'] },
  { name: 'mount', budgetSeconds: 50, ordinaryUser: false, needs: ['system'] },
  { name: 'e2e', budgetSeconds: 700, ordinaryUser: true, needs: ['system', 'electron'] },
];

/** Installing packages, preparing the runtime, building the addon and the bundles. */
export const prepareBudgetSeconds = 120;
