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
} finally {
  await browser.close();
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
