// Who may do what: workspaces, site keys, server keys, identity tokens.
export * from './identity-token.ts';
export * from './workspaces.ts';
