// A site key's lists, compiled once: asked for every request and every event.
import type { SiteKey } from './workspaces.ts';

export interface SiteKeyRules {
  /** A filter for browsers, not authentication: other programs send what they like (relay-notes 4.8). */
  allowsOrigin(origin: string): boolean;
  allowsSource(source: string): boolean;
  allowsType(type: string): boolean;
  allowsIdentitytype(identitytype: string): boolean;
}

export function compileRules({ origins, sources, types, identitytypes }: SiteKey): SiteKeyRules {
  return {
    allowsOrigin: matcher(origins, originExpression),
    allowsSource: sources ? matcher(sources, wildcard) : always,
    allowsType: types ? matcher(types, wildcard) : always,
    allowsIdentitytype: identitytypes ? matcher(['temporaryId', ...identitytypes], wildcard) : always,
  };
}

function always(): boolean {
  return true;
}

/** Most values are listed literally, so the patterns are asked only after a set. */
function matcher(patterns: readonly string[], toExpression: (pattern: string) => string): (value: string) => boolean {
  const literal = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map(toExpression);
  const expression = wild.length > 0 ? new RegExp(`^(?:${wild.join('|')})$`) : undefined;
  return (value) => literal.has(value) || expression?.test(value) === true;
}

function wildcard(pattern: string): string {
  return pattern.split(/\*+/).map(escapeExpression).join('.*');
}

/** `https://*.example.com`: the star stands for labels, never for a port, a path or another host. */
function originExpression(pattern: string): string {
  return pattern.split(/\*+/).map(escapeExpression).join('[a-z0-9.-]+');
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
