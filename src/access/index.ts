// Who may do what: site keys, server keys, identity tokens, short-lived read tokens, other issuers' tokens,
// codes of calls and of links, and how often somebody may try.
export * from './access.ts';
export * from './call-codes.ts';
export * from './cross-domain-codes.ts';
export * from './gcra.ts';
export * from './identity-token.ts';
export * from './keys-file.ts';
export * from './read-tokens.ts';
export * from './server-keys.ts';
export * from './site-key-rules.ts';
export * from './token-issuers.ts';
export * from './workspaces.ts';
