// The public endpoint: limits, checks, identity claims.
export * from './batch-reader.ts';
export * from './collect.ts';
