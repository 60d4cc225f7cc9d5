// Chromium: where it is, what it is started with, and how Playwright starts it.
import { type Browser, chromium, type LaunchOptions } from 'playwright';

export const chromiumPath: string = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium';

export const chromiumArgs: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium({ args = [], ...options }: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({ ...options, executablePath: chromiumPath, args: [...chromiumArgs, ...args] });
}
