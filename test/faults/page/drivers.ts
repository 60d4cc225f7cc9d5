// The browsers that the fault tests run in: each test file starts them once and closes them when it is done.
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { browserName } from '../../browsers/browser.ts';
import { until } from '../../helpers.ts';
import type { Driver } from './driver.ts';
import { playwrightChromium } from './playwright-driver.ts';
import { puppeteerChromium, puppeteerFirefox } from './puppeteer-driver.ts';
import { type Stage, setTheStage } from './stage.ts';
import { webKit } from './webkit-driver.ts';

export interface Set {
  driver: Driver;
  stage: Stage;
}

const starts = { playwrightChromium, puppeteerChromium, puppeteerFirefox, webKit };

/** WebKit alone where the tests run in it, and there only; Firefox where there is one. */
function isWanted(name: keyof typeof starts): boolean {
  if ((name === 'webKit') !== (browserName === 'webkit')) return false;
  return name !== 'puppeteerFirefox' || process.env['FIREFOX_PATH'] !== undefined;
}

/** Registers the tests for each of the named drivers. */
export function inEach(names: (keyof typeof starts)[], define: (set: Set, name: keyof typeof starts) => void): void {
  for (const name of names) {
    if (!isWanted(name)) continue;
    describe(name, () => {
      const set = {} as Set;
      beforeAll(async () => {
        [set.driver, set.stage] = await Promise.all([starts[name](), setTheStage()]);
      });
      afterAll(async () => {
        await set.driver?.close();
        await set.stage?.close();
      });
      define(set, name);
    });
  }
}

export const allDrivers: (keyof typeof starts)[] = [
  'playwrightChromium',
  'puppeteerChromium',
  'puppeteerFirefox',
  'webKit',
];

let runs = 0;

/** A name for the events of one test. */
export function aRun(): string {
  runs += 1;
  return `run${process.pid}x${runs}`;
}

/** Waits until the store has that many events of the run; each is there once, and no other. */
export async function expectInStore({ stored }: Stage, run: string, count: number, ms = 20_000): Promise<void> {
  await until(`${count} events of ${run} are stored`, () => stored(run).length >= count, ms);
  const ids = stored(run).map(({ id }) => id);
  expect(ids).toHaveLength(count);
  expect(new Set(ids).size).toBe(count);
}
