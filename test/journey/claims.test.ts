// What a page said without proof, as an agent sees it: confirmed by one call, taken away by another, and never decided by a
// page that sends its event once more.
import { describe, expect, it } from 'vitest';
import { anEvent, aServer, aToken, deskToken, historyOf, outcomes, read, workspace } from '../helpers.ts';

const customer = 'ruegreen@example.com';
const base = `/admin/v1/api/person/workspace-id/${workspace}`;
const typesOf = async (url: string) => (await historyOf(url, customer)).map(({ type }) => type).sort();

interface SeenLink {
  id: number;
  trust: string;
  to: { value: string };
}

async function claimed() {
  const { url } = await aServer();
  const login = anEvent({
    type: 'webvisitLogin',
    identity: customer,
    identitytype: 'email',
    previousidentity: 'visitor-1',
    temporarysecret: 'secret-of-visitor-1',
  });
  expect(await outcomes(url, [anEvent({ temporarysecret: 'secret-of-visitor-1' }), login])).toEqual([
    'ok',
    'ok identity-unproven',
  ]);
  const found = await read(url, `${base}/aliases/visitor-1`);
  const [person] = (found.body as { data: { id: string }[] }).data;
  const links = `${base}/person-id/${person?.id}/links`;
  const linksNow = async () => ((await read(url, links)).body as { data: SeenLink[] }).data;
  const [link] = await linksNow();
  const change = (method: string, path = '') =>
    fetch(`${url}${links}/${link?.id}${path}`, { method, headers: { authorization: `Bearer ${deskToken}` } });
  return { url, login, link, linksNow, change };
}

describe('a claim without proof', () => {
  it('joins nothing until an agent confirms it, and is parted again by the next call', async () => {
    const { url, link, linksNow, change } = await claimed();
    expect(link).toMatchObject({ trust: 'provisional', to: { value: customer } });
    expect(await typesOf(url)).toEqual([]);
    expect((await change('POST', '/confirm')).status).toBe(200);
    expect(await typesOf(url)).toEqual(['webvisit', 'webvisitLogin']);
    expect((await linksNow())[0]?.trust).toBe('agent');
    expect((await change('DELETE')).status).toBe(200);
    expect(await typesOf(url)).toEqual([]);
  });

  it('joins once its own event comes again with proof', async () => {
    const { url, login, linksNow } = await claimed();
    const proven = { ...login, identitytoken: await aToken('visitor-1') };
    expect(await outcomes(url, [proven])).toEqual(['duplicate']);
    expect(await typesOf(url)).toEqual(['webvisit', 'webvisitLogin']);
    expect((await linksNow()).map(({ trust }) => trust)).toEqual(['verified']);
  });

  it('that an agent took away does not come back with an event that comes twice', async () => {
    const { url, login, change } = await claimed();
    expect((await change('DELETE')).status).toBe(200);
    const proven = { ...login, identitytoken: await aToken('visitor-1') };
    expect(await outcomes(url, [proven])).toEqual(['duplicate']);
    expect(await typesOf(url)).toEqual([]);
  });
});
