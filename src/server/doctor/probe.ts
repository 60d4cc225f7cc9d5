// What the doctor says about a real Journey Data Service, and which settings follow from it.
import { type JdsDestination, type ProbeFacts, type ProbeOptions, probeJds } from '../../delivery/index.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

/** Sends a few test events to the destination. */
export async function checkForwarding(destination: JdsDestination, options: ProbeOptions): Promise<Finding[]> {
  const facts = await probeJds(destination, options);
  const place = `forward ${destination.name}`;
  const findings = findingsOf(facts).map(({ level, text }) => ({ level, text: `${place}: ${text}` }));
  const settings = JSON.stringify(proposalOf(facts));
  const proposal = settings === '{}' ? [] : [ok(`${place}: proposed settings: ${settings}`)];
  return [...findings, ...proposal, ok(`${place}: test events are under ${facts.identities.join(', ')}`)];
}

function findingsOf(facts: ProbeFacts): Finding[] {
  const { failure, missingScopes, readLagMs, keepsDuplicates, links, streamsFollow, phoneForms } = facts;
  if (failure !== undefined) return [fault(failure)];
  const findings: Finding[] = missingScopes.map((text) => fault(`the token lacks a scope: ${text}`));
  if (missingScopes.length === 0) findings.push(ok('the token may publish and read'));
  if (readLagMs !== undefined) findings.push(ok(`an event can be read after ${(readLagMs / 1000).toFixed(1)} s`));
  else if (missingScopes.length === 0) findings.push(warning('the test event could not be read; reads may lag longer'));
  if (keepsDuplicates === true) findings.push(warning('an event that is sent twice is kept twice'));
  if (keepsDuplicates === false) findings.push(ok('an event that is sent twice is kept once'));
  if (links === true) findings.push(ok('previousidentity joins the journeys'));
  if (links === false)
    findings.push(
      warning('previousidentity joins nothing; visits before a login are found only under the known identity'),
    );
  if (streamsFollow === true) findings.push(ok('streams follow a visitor to the known identity'));
  if (streamsFollow === false)
    findings.push(warning('a stream of a temporaryId does not show events of the known identity'));
  if (phoneForms) findings.push(phoneFinding(phoneForms));
  if (facts.grantedPerMinute !== undefined) findings.push(ok(`${facts.grantedPerMinute} calls a minute are granted`));
  return findings;
}

function phoneFinding(forms: readonly string[]): Finding {
  const all = ['+', 'digits', 'spaces'];
  return forms.length === all.length
    ? ok('a phone number is found in every form')
    : warning(`a phone number sent with + is found only as: ${forms.join(', ')}; send one form everywhere`);
}

function proposalOf({ readLagMs, keepsDuplicates, links, grantedPerMinute }: ProbeFacts): Partial<JdsDestination> {
  const lookUpAfterMs = readLagMs === undefined ? undefined : [threefold(readLagMs), 4 * threefold(readLagMs)];
  const lost = {
    ...(lookUpAfterMs && { lookUpAfterMs }),
    // Then sending again costs nothing.
    ...(keepsDuplicates === false && { again: ['*'] }),
  };
  return {
    ...(grantedPerMinute !== undefined && { perMinute: Math.max(1, Math.floor(grantedPerMinute * 0.6)) }),
    ...(links === false && { identity: 'joined' as const }),
    ...(Object.keys(lost).length > 0 && { lost }),
  };
}

/** In whole seconds. */
function threefold(lagMs: number): number {
  return Math.max(1, Math.ceil((lagMs * 3) / 1000)) * 1000;
}
