// Forwarding to Cisco's Journey Data Service.
export { type Clock, realClock } from './clock.ts';
export type { CredentialsConfig, TokenVault } from './credentials.ts';
export type { Doubt } from './doubts.ts';
export type { DryRun } from './dry-run.ts';
export { type Buried, type Forward, type ForwardOptions, startForward } from './forward.ts';
export { type ProbeFacts, type ProbeOptions, probeJds } from './probe.ts';
export type { ForwardLog } from './reporter.ts';
export { maxHoldDays, type RulesConfig } from './rules.ts';
export { type JdsDestination, type LostConfig, regions } from './settings.ts';
export type { ForwardStatus } from './status.ts';
