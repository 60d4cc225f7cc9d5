// What the guide on forwarding shows must work as it stands there, and name what there is.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { regions } from '../../../src/delivery/index.ts';
import { forwardGauges } from '../../../src/server/forward/forward-metrics.ts';
import { checkConfig } from '../../../src/server/index.ts';
import { resolveSecrets } from '../../../src/server/secrets.ts';
import { aConfig, aFolder, workspace } from '../../helpers.ts';

const guide = readFileSync(join('docs', 'guide', 'forwarding.md'), 'utf8');

describe('the guide on forwarding', () => {
  it('shows a configuration that is accepted', () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'token'), 'a refresh token');
    const example = /```json\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
    const { forward } = JSON.parse(example.replace('/run/secrets/webex-refresh-token', 'token'));
    const environment = { WEBEX_CLIENT_SECRET: 'a secret' };
    const config = resolveSecrets({ ...aConfig(folder), forward }, { environment, folder });
    expect(checkConfig(config).forward?.[0]).toMatchObject({
      workspace,
      credentials: { refreshToken: 'a refresh token' },
    });
  });

  it('names every region and every metric', async () => {
    for (const region of regions) expect(guide).toContain(`\`${region}\``);
    const registry = new Registry();
    forwardGauges(registry);
    const named = new Set(guide.match(/waymark_forward_\w+/g));
    const made = registry.getMetricsAsArray().map(({ name }) => name);
    expect([...named].filter((name) => !made.includes(name))).toEqual([]);
    expect(made.filter((name) => !named.has(name))).toEqual(['waymark_forward_sent']);
  });
});
