// Keys that are missing, will soon expire, or let in more than one would think.
import type { Workspace } from '../../access/index.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

const soonMs = 14 * 86_400_000;

export function checkKeys(workspaces: readonly Workspace[], now: number): Finding[] {
  return workspaces.flatMap((workspace) => {
    const findings = checkWorkspace(workspace, now);
    const { siteKeys, serverKeys, identityKeys } = workspace;
    const counts = `${siteKeys.length} for sites, ${serverKeys.length} for servers, ${identityKeys.length} for identities`;
    return findings.length > 0 ? findings : [ok(`keys: ${workspace.name}: ${counts}`)];
  });
}

function checkWorkspace({ name, siteKeys, serverKeys, identityKeys, identity }: Workspace, now: number): Finding[] {
  const findings: Finding[] = [];
  if (siteKeys.length === 0)
    findings.push(fault(`keys: ${name}: no site key, so no page can send; waymark keys add-site`));
  if (identityKeys.length === 0 && identity.verify === 'enforce') {
    findings.push(warning(`keys: ${name}: no identity key, so no visitor is ever joined; waymark keys add-identity`));
  }
  if (identity.verify === 'off') {
    findings.push(warning(`keys: ${name}: identity.verify is off, so every page may claim to be any customer`));
  }
  for (const { key, origins } of siteKeys) {
    if (origins.includes('null'))
      findings.push(warning(`keys: ${name}: ${key} allows the origin null, which any sandboxed frame has`));
    if (origins.some((origin) => origin.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(origin))) {
      findings.push(
        warning(`keys: ${name}: ${key} allows a page without https; its visitors' secrets can be read on the way`),
      );
    }
  }
  const dated = [
    ...siteKeys.map(({ key, expiresAt }) => ({ label: key, expiresAt })),
    ...serverKeys.map((key) => ({ label: key.name, expiresAt: key.expiresAt })),
    ...identityKeys.map(({ kid, expiresAt }) => ({ label: kid, expiresAt })),
  ];
  for (const { label, expiresAt } of dated) {
    const left = leftMs(expiresAt, now);
    // One that was rotated has a successor of its name.
    if (dated.some((other) => other.label === label && leftMs(other.expiresAt, now) > left)) continue;
    if (left <= 0) findings.push(warning(`keys: ${name}: ${label} has expired`));
    else if (left < soonMs) findings.push(warning(`keys: ${name}: ${label} expires ${expiresAt}; rotate it`));
  }
  return findings;
}

function leftMs(expiresAt: string | undefined, now: number): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - now;
}
