// Who is joined with whom, for whatever people do at one browser: random walks through login, logout, a second person,
// several tabs, reloads and a redirect to an identity provider, with the built script in a simulated browser.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WireEvent } from '../../src/protocol/index.ts';
import { createSimulatedBrowser, type SimulatedTab } from './simulated-browser.ts';

const people = ['ann@example.com', 'bob@example.com', 'eve@example.com'];

type Step =
  | { does: 'open' | 'browse' | 'track' | 'logout' | 'clearLocalStorage' | 'clearCookies'; tab: number }
  | { does: 'expect' | 'login' | 'askingLogin' | 'redirect' | 'optIn'; tab: number; person: number }
  | { does: 'answer' }
  | { does: 'wait'; ms: number };

const tab = fc.nat(3);
const person = fc.nat(people.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constantFrom('open', 'browse', 'track', 'logout', 'clearLocalStorage', 'clearCookies'), tab }),
  fc.record({ does: fc.constantFrom('expect', 'login', 'askingLogin', 'redirect', 'optIn'), tab, person }),
  fc.record({ does: fc.constant('answer') }),
  fc.record({ does: fc.constant('wait'), ms: fc.constantFrom(0, 150, 400, 5_000, 2_000_000) }),
) as fc.Arbitrary<Step>;

interface Walk {
  events: WireEvent[];
  /** Every temporaryId that the browser's cookie ever had. */
  minted: Set<string>;
  /** Which step opened a page, by its path. */
  openedAt: Map<string, number>;
}

async function walk(steps: Step[]): Promise<Walk> {
  const browser = createSimulatedBrowser();
  const tabs: SimulatedTab[] = [browser.open('/')];
  const unanswered: ((token: string) => void)[] = [];
  const openedAt = new Map([['/', -1]]);
  const nextPath = (at: number): string => {
    const path = `/${at}`;
    openedAt.set(path, at);
    return path;
  };
  for (const [step, each] of steps.entries()) {
    if (each.does === 'wait') {
      await browser.pass(each.ms);
      continue;
    }
    if (each.does === 'answer') {
      for (const answer of unanswered.splice(0)) answer('a.b.c');
      await browser.pass(1);
      continue;
    }
    const at = tabs[each.tab % tabs.length] as SimulatedTab;
    if (each.does === 'open' && tabs.length < 4) tabs.push(browser.open(nextPath(step)));
    else if (each.does === 'browse') browser.open(nextPath(step), at);
    else if (each.does === 'track') at.waymark.track('click', { path: at.path });
    else if (each.does === 'logout') at.waymark.reset();
    else if (each.does === 'clearLocalStorage') browser.clearLocalStorage();
    else if (each.does === 'clearCookies') browser.clearCookies();
    else if ('person' in each) {
      const email = people[each.person] as string;
      if (each.does === 'redirect') {
        // Away to the identity provider and back to a page of the site, which then knows who it is.
        await browser.pass(2_000);
        browser.open(nextPath(step), at);
      }
      if (each.does === 'optIn')
        at.waymark.optIn({ channel: 'sms', phone: `+1555010000${each.person}`, data: { step } });
      else at.waymark.identify(email, { token: 'a.b.c', data: { step } });
    }
    // A new task: what people do never shares one with what they do next.
    await browser.pass(1);
  }
  for (const open of tabs) browser.open(nextPath(steps.length), open);
  await browser.pass(10_000);
  return { events: browser.events(), minted: browser.minted(), openedAt };
}

function claimsOf({ events }: Walk): WireEvent[] {
  return events.filter((event) => event.previousidentity);
}

/** On the way back from an identity provider the page opens and says who it is at once. */
function sameStep(openedAt: number, claim: WireEvent): boolean {
  return openedAt === claim.data['step'];
}

test('no two people of one identitytype are ever joined to one temporaryId', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const claimed = new Map<string, string>();
      for (const { previousidentity, identitytype, identity } of claimsOf(await walk(steps))) {
        const slot = `${previousidentity} ${identitytype}`;
        expect(claimed.get(slot) ?? identity).toBe(identity);
        claimed.set(slot, identity);
      }
    }),
    { numRuns: 150 },
  );
});

test('previousidentity only carries a temporaryId of this browser, ordered after the visits that it joins', async () => {
  let joins = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const walked = await walk(steps);
      for (const { identity, identitytype, previousidentity } of walked.events)
        expect(walked.minted).toContain(identitytype === 'temporaryId' ? identity : previousidentity);
      for (const claim of claimsOf(walked))
        for (const visit of walked.events) {
          if (visit.identity !== claim.previousidentity || visit.type !== 'webvisit') continue;
          // Told when the answer came.
          if (claim.data['asked']) continue;
          const openedAt = walked.openedAt.get(new URL(String(visit.data['url'])).pathname) ?? Number.NaN;
          const isBefore = Date.parse(visit.time ?? '') < Date.parse(claim.time ?? '');
          expect(isBefore).toBe(openedAt < Number(claim.data['step']) || sameStep(openedAt, claim));
          if (isBefore) joins++;
        }
    }),
    { numRuns: 150 },
  );
  expect(joins).toBeGreaterThan(100);
});

test('what somebody does after a logout or after another login is never told under the earlier temporaryId', async () => {
  const browser = createSimulatedBrowser();
  const one = browser.open('/one');
  const two = browser.open('/two');
  await browser.pass(300);
  one.waymark.identify('ann@example.com');
  await browser.pass(10);
  two.waymark.identify('bob@example.com');
  await browser.pass(10);
  one.waymark.track('by-bob');
  await browser.pass(10);
  two.waymark.reset();
  await browser.pass(10);
  one.waymark.track('by-nobody');
  await browser.pass(5_000);
  const events = browser.events();
  const claims = events.filter((event) => event.previousidentity);
  const [ann, bob] = claims.map((event) => event.previousidentity);
  const by = (type: string): WireEvent | undefined => events.find((event) => event.type === type);
  expect(new Set([ann, bob, by('by-nobody')?.identity]).size).toBe(3);
  expect(by('by-bob')?.identity).toBe(bob);
  expect(new Set(claims.map((event) => event.data['taskId'])).size).toBe(2);
});

test('two tabs that start at once end with one temporaryId', async () => {
  const browser = createSimulatedBrowser();
  browser.open('/one');
  browser.open('/two');
  await browser.pass(1);
  await browser.pass(300);
  await browser.pass(2_000);
  const visits = browser.events();
  expect(visits).toHaveLength(2);
  expect(new Set(visits.map((event) => event.identity)).size).toBe(1);
});

test('on a shared device each session has a temporaryId of its own, and a login in the next one is told again', async () => {
  const browser = createSimulatedBrowser({ rotate: 'session' });
  const tab = browser.open('/one');
  await browser.pass(300);
  tab.waymark.identify('ann@example.com');
  await browser.pass(5_000);
  await browser.pass(2_000_000);
  tab.waymark.identify('ann@example.com');
  await browser.pass(5_000);
  const claims = browser.events().filter((event) => event.previousidentity);
  expect(claims).toHaveLength(2);
  expect(new Set(claims.map((event) => event.previousidentity)).size).toBe(2);
});

test('a login is told once in a session, and once more in the next one under the same temporaryId', async () => {
  const browser = createSimulatedBrowser();
  const tab = browser.open('/one');
  await browser.pass(300);
  tab.waymark.identify('ann@example.com');
  await browser.pass(10);
  browser.open('/two', tab).waymark.identify('Ann@example.com');
  await browser.pass(2_000_000);
  tab.waymark.identify('ann@example.com');
  await browser.pass(5_000);
  const claims = browser.events().filter((event) => event.previousidentity);
  expect(claims).toHaveLength(2);
  expect(new Set(claims.map((event) => event.data['taskId'])).size).toBe(2);
  expect(browser.minted().size).toBe(1);
});

test('what one tab has noted about the visitor, another does not undo', async () => {
  const browser = createSimulatedBrowser();
  const one = browser.open('/one');
  const two = browser.open('/two');
  await browser.pass(300);
  one.waymark.getState();
  two.waymark.identify('ola@example.com');
  await browser.pass(10);
  one.waymark.optIn({ channel: 'sms', phone: '+15550100199' });
  await browser.pass(10);
  expect(two.waymark.getState().identitytypes).toEqual(['phone', 'email']);
  two.waymark.identify('rue@example.com');
  await browser.pass(5_000);
  const [ola, phone, rue] = browser.events().filter((event) => event.previousidentity);
  expect(phone?.previousidentity).toBe(ola?.previousidentity);
  expect(rue?.previousidentity).not.toBe(ola?.previousidentity);
});

test('when the relay knows the identity as somebody else, what follows is told under a new temporaryId', async () => {
  const browser = createSimulatedBrowser();
  browser.judge = ({ previousidentity }) => (previousidentity ? { code: 'identity-conflict' } : {});
  const tab = browser.open('/one');
  await browser.pass(300);
  tab.waymark.identify('rue@example.com', { token: 'a.b.c' });
  await browser.pass(2_000);
  tab.waymark.track('after');
  expect(tab.waymark.getState().identitytypes).toEqual([]);
  await browser.pass(5_000);
  const events = browser.events();
  const claim = events.find((event) => event.previousidentity);
  const after = events.find((event) => event.type === 'after');
  expect(after?.identity).not.toBe(claim?.previousidentity);
  expect(after?.data['taskId']).not.toBe(claim?.data['taskId']);
});

test('a new temporaryId always means a new session, in every tab, and a cookie that no tracker made counts as none', async () => {
  const browser = createSimulatedBrowser();
  const one = browser.open('/one');
  const two = browser.open('/two');
  await browser.pass(300);
  const seen = [two.waymark.getState()];
  const look = async (): Promise<void> => {
    await browser.pass(10);
    seen.push(two.waymark.getState());
  };
  one.waymark.reset();
  await look();
  browser.setCookie('wm_id', '15550100199.x');
  await look();
  browser.setCookie('wm_id', `${'a'.repeat(21)}.${'b'.repeat(21)}`);
  await look();
  expect(new Set(seen.map(({ temporaryId }) => temporaryId)).size).toBe(4);
  expect(new Set(seen.map(({ session }) => session)).size).toBe(4);
  expect(seen[2]?.temporaryId).toMatch(/^[\w-]{21}$/);
  expect(seen[3]?.temporaryId).toBe('a'.repeat(21));
});

test('who is expected has a temporaryId of their own from the next line on, also in the task in which the page starts', async () => {
  const browser = createSimulatedBrowser();
  const tab = browser.open('/one');
  await browser.pass(1);
  await browser.pass(300);
  tab.waymark.identify('ann@example.com');
  await browser.pass(5_000);
  expect(browser.minted().size).toBe(1);
  browser.open('/two', tab).waymark.expect('bob@example.com');
  expect(browser.minted().size).toBe(2);
});
