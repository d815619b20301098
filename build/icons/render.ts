// Makes the PNG files of the app icon and the tray icons from the SVG files, with Chromium. Their results are in git;
// run this again after changing an SVG: node build/icons/render.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { inRoot } from '../paths.ts';

/** Below this many pixels the logo's simpler drawing is used. */
const smallLogoBelow = 24;
const iconSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** One-colour tray icons: dark ones for light panels (and as macOS template), light ones for dark panels. */
const trayColours = { dark: '#000000', light: '#ffffff' };
const trayScales = [1, 2];
/** Counts on the taskbar's button (Windows): vermilion where a message is addressed to the person. */
const badgeColours = { mention: '#c23b22', unread: '#454e5e' };
const badgeCounts = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '9+'];

const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  const logo = svg('icons', 'logo.svg');
  const small = svg('icons', 'logo-16.svg');
  for (const size of iconSizes) save(['icons', `${size}x${size}.png`], await draw(page, size < smallLogoBelow ? small : logo, size));
  for (const file of readdirSync(inRoot('build', 'tray')).filter((name) => name.endsWith('.svg'))) {
    for (const [name, colour] of Object.entries(trayColours)) {
      for (const scale of trayScales) {
        const suffix = scale === 1 ? '' : `@${scale}x`;
        save(['tray', `${path.basename(file, '.svg')}-${name}${suffix}.png`], await draw(page, svg('tray', file), 16 * scale, colour));
      }
    }
  }
  for (const [kind, colour] of Object.entries(badgeColours)) {
    for (const count of badgeCounts) {
      const name = `badge-${kind}-${count === '9+' ? 'more' : count}`;
      for (const scale of trayScales)
        save(['tray', `${name}${scale === 1 ? '' : '@2x'}.png`], await draw(page, badge(colour, count), 16 * scale));
    }
  }
} finally {
  await browser.close();
}

function badge(colour: string, text: string): string {
  const size = text.length > 1 ? 8.5 : 11;
  const font = `font-family="Segoe UI, Noto Sans, sans-serif" font-weight="600" font-size="${size}"`;
  return `<svg viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="${colour}"/><text x="8" y="${8 + size * 0.36}" ${font} fill="#fff" text-anchor="middle">${text}</text></svg>`;
}

function svg(...parts: string[]): string {
  return readFileSync(inRoot('build', ...parts), 'utf8');
}

function save(parts: readonly string[], png: Buffer): void {
  writeFileSync(inRoot('build', ...parts), png);
}

async function draw(page: Page, source: string, size: number, colour = '#000'): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}body{color:${colour}}svg{display:block;width:${size}px;height:${size}px}</style>${source}`);
  return page.screenshot({ omitBackground: true, type: 'png' });
}
