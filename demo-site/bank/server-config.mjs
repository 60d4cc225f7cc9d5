// The configuration with which the demo starts the Waymark server: one workspace, one site, one desk, loopback only.

export function serverConfig({ secrets, relayPort, bankPort, database, pages }) {
  const { workspace, siteKey, identityKey, deskToken, bankToken } = secrets;
  const origins = ['localhost', '127.0.0.1'].map((name) => `http://${name}:${bankPort}`);
  // What the pages send. Other sources, such as those of offers, are for server keys: so no visitor makes one up.
  const sources = ['home.com:web*', 'home.com:login', 'harbourhomes.com:*'];
  return {
    listen: { host: '127.0.0.1', port: relayPort },
    database,
    pages,
    log: 'error',
    // The bank takes its webhooks on this machine. Nowhere else: actions reach no private address unless one is named.
    webhooks: { allow: ['127.0.0.1'] },
    workspaces: [
      {
        id: workspace,
        name: 'Home Bank',
        siteKeys: [{ key: siteKey, origins, sources }],
        identityKeys: [{ ...identityKey, alg: 'HS256' }],
        serverKeys: [
          { name: 'agent desk', token: deskToken, scopes: ['cjp:user', 'cjp:config_read', 'cjp:config_write'] },
          { name: 'home bank', token: bankToken, scopes: ['cjp:config_read', 'cjp:config_write'] },
        ],
        identity: { verify: 'enforce' },
      },
    ],
  };
}
