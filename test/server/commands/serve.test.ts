import { describe, expect, it } from 'vitest';
import { makeSecrets } from '../../../demo-site/bank/secrets.mjs';
import { serverConfig } from '../../../demo-site/bank/server-config.mjs';
import { aConfigFile, run } from './run.ts';

describe('waymark serve', () => {
  it('refuses the demo’s secrets, which its desk hands to whoever asks on that machine, and names each', async () => {
    const { config } = aConfigFile();
    const demo = serverConfig({
      secrets: makeSecrets(),
      relayPort: 0,
      bankPort: 1,
      database: config.database,
      pages: '',
    });
    const { file } = aConfigFile({ workspaces: demo.workspaces });
    const said = await run(['serve', '--config', file]);
    expect(said.status).not.toBe(0);
    for (const place of ['siteKeys[0]', 'identityKeys[0]', 'serverKeys[0]', 'serverKeys[1]']) {
      expect(said.wrong.join('\n')).toContain(`workspaces[0].${place}`);
    }
    expect(said.wrong.join('\n')).not.toContain('demo_');
  });

  it('makes them anew at each installation, and binds the demo to this machine', () => {
    const [one, two] = [makeSecrets(), makeSecrets()];
    for (const name of ['siteKey', 'deskToken', 'bankToken'] as const) expect(one[name]).not.toBe(two[name]);
    expect(one.identityKey.secret).not.toBe(two.identityKey.secret);
    const { listen, webhooks } = serverConfig({
      secrets: one,
      relayPort: 4401,
      bankPort: 4400,
      database: 'x',
      pages: 'y',
    });
    expect(listen).toEqual({ host: '127.0.0.1', port: 4401 });
    expect(webhooks).toEqual({ allow: ['127.0.0.1'] });
  });
});
