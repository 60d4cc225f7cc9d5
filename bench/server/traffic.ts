// Traffic like that of a busy site, for the benchmarks: batches of one browser each, most of them browsers that were here
// before, events of about 600 bytes. The same seed gives the same traffic.
import type { AppendBatch } from '../../src/store/index.ts';

export const workspace = 'a1b2c3d4e5f6a1b2c3d4e5f6';

export interface TrafficOptions {
  eventsPerBatch: number;
  /** Share of batches that come from one of the latest 50,000 browsers. Default 0.8. */
  returning?: number;
  /** Milliseconds on the page's clock between two batches of the site. Default 1. */
  batchEveryMs?: number;
  seed?: number;
}

export interface Traffic {
  /** The next batch, ready to append. */
  next(): AppendBatch;
  /** How many browsers there are so far. */
  browsers(): number;
  /** The name of one of them. */
  browser(number: number): string;
}

export function createTraffic(options: TrafficOptions): Traffic {
  const { eventsPerBatch, returning = 0.8, batchEveryMs = 1, seed = 1 } = options;
  const random = createRandom(seed);
  const encoder = new TextEncoder();
  const start = Date.UTC(2026, 0, 1);
  let browsers = 0;
  let batches = 0;
  return {
    next() {
      const back = browsers > 0 && random() < returning;
      const number = back ? browsers - 1 - Math.floor(random() * Math.min(browsers, 50_000)) : browsers++;
      const name = browserName(number);
      const receivedAt = start + batches * batchEveryMs;
      const events: string[] = [];
      for (let i = 0; i < eventsPerBatch; i++) {
        const secret = i === 0 ? `"temporarysecret":"secret-${name}",` : '';
        events.push(`{${secret}${eventText(name, batches, i, receivedAt - (eventsPerBatch - i) * 700)}}`);
      }
      batches += 1;
      const body = encoder.encode(`[${events.join(',')}]`);
      return { workspace, sender: 'public', repeats: 'collect', receivedAt, sent: receivedAt - 120, body };
    },
    browsers: () => browsers,
    browser: browserName,
  };
}

/** Looks random, as temporaryIds do: their index is written all over. */
function browserName(number: number): string {
  const mixed = (salt: number): string => (Math.imul(number + 1, salt) >>> 0).toString(36).padStart(7, '0');
  return `${mixed(0x9e3779b1)}${mixed(0x85ebca77)}${number.toString(36).padStart(7, '0')}`;
}

function eventText(name: string, batch: number, index: number, time: number): string {
  return (
    `"specversion":"1.0","id":"${mixedId(batch, index)}","type":"webvisitMortgage","source":"home.com:website",` +
    `"time":"${new Date(time).toISOString()}","identity":"${name}","identitytype":"temporaryId","clockoffset":12,` +
    `"datacontenttype":"application/json","data":{"taskId":"web-${name}-${batch}","channelType":"web","origin":"Home Bank",` +
    `"url":"https://home.com/loans/mortgage/calculator?step=${index}","title":"Mortgage calculator: your monthly rate",` +
    `"referrer":"https://home.com/loans","language":"en-GB","viewport":"1440x900","seconds":${index * 7},` +
    `"uiData":{"title":"Looked at mortgages","subTitle":"Calculator, step ${index}","iconType":"website","filterTags":["loans","web"]}}`
  );
}

function mixedId(batch: number, index: number): string {
  const a = (Math.imul(batch * 64 + index + 1, 0x9e3779b1) >>> 0).toString(36).padStart(7, '0');
  return `${a}${batch.toString(36).padStart(8, '0')}${index.toString(36).padStart(6, '0')}`;
}

/** mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
