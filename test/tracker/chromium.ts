// Chromium by Playwright, as the browser tests use it.
import { type Browser, chromium } from 'playwright';

export const chromiumPath: string = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium';

export const chromiumArgs: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
];

export function launchChromium(args: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: [...chromiumArgs, ...args] });
}
