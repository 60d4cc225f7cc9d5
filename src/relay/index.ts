// The public endpoint: limits, checks, identity claims.
export type { Rate } from '../access/index.ts';
export * from './batch-reader.ts';
export * from './call-code.ts';
export * from './collect.ts';
export type { CookieRenewal } from './cookie-renewal.ts';
export * from './cross-domain.ts';
export * from './dead-letters.ts';
export type { Endpoint } from './endpoint.ts';
export * from './metrics.ts';
export { type ThrottleLimits, throttleLimits } from './throttle.ts';
export * from './visitor-endpoint.ts';
export type { FactsOptions } from './visitor-facts.ts';
