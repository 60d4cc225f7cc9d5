// The configuration with which the demo starts the Waymark server: one workspace, one site, one desk, loopback only.

export function serverConfig({ secrets, relayPort, bankPort, database, pages }) {
  const { workspace, siteKey, identityKey, deskToken, bankToken } = secrets;
  const origins = ['localhost', '127.0.0.1'].map((name) => `http://${name}:${bankPort}`);
  return {
    listen: { host: '127.0.0.1', port: relayPort },
    database,
    pages,
    log: 'error',
    workspaces: [
      {
        id: workspace,
        name: 'Home Bank',
        siteKeys: [{ key: siteKey, origins }],
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
