// Who may do what: site keys, server keys, identity tokens.
export * from './access.ts';
export * from './identity-token.ts';
export * from './keys-file.ts';
export * from './server-keys.ts';
export * from './site-key-rules.ts';
export * from './workspaces.ts';
