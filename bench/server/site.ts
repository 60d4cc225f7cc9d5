// The site whose pages the benchmarks are, and limits that one client may not meet.
import type { Workspace } from '../../dist/lib/access/index.js';

export const benchWorkspace: Workspace = {
  id: '64f000000000000000000001',
  name: 'Bench',
  organizationId: '00000000-0000-0000-0000-000000000000',
  siteKeys: [{ key: 'pk_of_the_bench', origins: ['http://bank.test'] }],
  serverKeys: [{ name: 'bench', token: 'token-of-the-bench', scopes: ['cjp:config_read'] }],
  identityKeys: [],
  identity: { verify: 'enforce' },
};

export const plenty = { perSecond: 10_000_000, burst: 10_000_000 };
