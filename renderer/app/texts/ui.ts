export const ui = {
  ja: {
    close: '閉じる',
    cancel: 'やめる',
    retry: 'もう一度',
    loading: '読み込んでいます',
    recordNumber: '記録番号 {{number}}',
  },
  en: {
    close: 'Close',
    cancel: 'Cancel',
    retry: 'Try again',
    loading: 'Loading',
    recordNumber: 'Record {{number}}',
  },
};
