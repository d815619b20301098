/** How an act ended, with the tone of its word. */
export const resultTones = { success: 'positive', failure: 'caution', denied: 'danger' } as const;
/** Whether a result is one that has a word here; newer servers may know others. */
export const isResult = (result: string): result is keyof typeof resultTones => Object.hasOwn(resultTones, result);
