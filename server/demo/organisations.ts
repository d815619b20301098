import type { DemoOrganisation } from './types.ts';

export const companyName = '瀬音精機株式会社';

const rows: readonly (readonly [id: string, parentId: string | null, name: string, leaderId: string, description: string])[] = [
  ['company', null, companyName, 'seno', '搬送装置と専用機の設計・製造'],
  ['planning', 'company', '経営企画室', 'hayami', '中期計画、予算、広報'],
  ['sales', 'company', '営業部', 'kudo', '見積、受注、お客様対応'],
  ['sales-east', 'sales', '営業一課', 'sato', '東日本のお客様'],
  ['sales-west', 'sales', '営業二課', 'onodera', '西日本と海外のお客様'],
  ['design', 'company', '設計部', 'mizoguchi', '機械・電気の設計'],
  ['design-equipment', 'design', '設備設計課', 'tanaka', '搬送装置と専用機の機械設計'],
  ['design-control', 'design', '電気制御課', 'asakura', '制御盤、ソフトウェア'],
  ['manufacturing', 'company', '製造部', 'togashi', '加工、組立、出荷'],
  ['quality', 'company', '品質保証部', 'suzuki', '検査、校正、お客様からの問い合わせ'],
  ['procurement', 'company', '資材調達課', 'kamiya', '購買と在庫'],
  ['general-affairs', 'company', '総務部', 'morinaga', '人事、経理、施設'],
  ['information', 'company', '情報システム部', 'admin', '社内システムとネットワーク（内線4410）'],
];

/** The company's organisations, parents first. */
export function demoOrganisations(): readonly DemoOrganisation[] {
  return rows.map(([id, parentId, name, leaderId, description]) => ({ id, parentId, name, leaderId, description }));
}
