import { describe, expect, it } from 'vitest';
import { startServer } from '../../src/server/index.ts';
import { aConfig, aFolder, anEvent, collect, historyOf } from '../helpers.ts';

describe('a server that stops', () => {
  it('says that it is not ready while it still takes what comes, so that load balancers can turn away', async () => {
    const config = aConfig(aFolder(), { listen: { port: 0, stopDelayMs: 2_000 } });
    const server = await startServer(config);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const closed = server.close();
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { ok: false, reason: 'the server is stopping' }]);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await collect(server.url, [anEvent({ temporarysecret: 's' })])).status).toBe(202);
    await closed;
    await expect(fetch(`${server.url}/readyz`)).rejects.toThrow();
  });

  it('answers what is under way, and what it answered is there afterwards', async () => {
    const config = aConfig(aFolder());
    const first = await startServer(config);
    const events = Array.from({ length: 40 }, () => anEvent({ temporarysecret: 's' }));
    const answers = events.map((event) =>
      collect(first.url, [event]).then(async (response) => {
        await response.text();
        return response.status;
      }),
    );
    await Promise.race(answers);
    await first.close();
    const statuses = await Promise.all(answers.map((answer) => answer.catch(() => 'not answered')));
    const second = await startServer(config);
    const stored = (await historyOf(second.url, 'visitor-1')).length;
    await second.close();
    // Who connected too late for an answer sends again; nothing that was answered is lost.
    expect(stored).toBeGreaterThanOrEqual(statuses.filter((status) => status === 202).length);
    expect(new Set(statuses).has(500)).toBe(false);
    expect(statuses).toContain(202);
  });
});
