// Chromium: where it is, what it is started with, and how Playwright starts it.
import { type Browser, chromium, type LaunchOptions } from 'playwright';

export const chromiumPath: string = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium';

/**
 * Parts of the window round a page, most of which are pages themselves, with processes of their own: without them a window
 * costs a third to a half. Chromium takes the last such list only, so what Playwright would leave out stands here again.
 */
const unusedFeatures: string[] = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIReloadButton',
  'AimEnabled',
  'HttpsUpgrades',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'Translate',
];

export const chromiumArgs: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${unusedFeatures}`,
];

export function launchChromium({ args = [], ...options }: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({ ...options, executablePath: chromiumPath, args: [...chromiumArgs, ...args] });
}
