// What crosses HTTP, with parse and encode beside it. Imports nothing, runs anywhere.
export * from './action.ts';
export * from './attempt.ts';
export * from './batch.ts';
export * from './call-code.ts';
export * from './clock.ts';
export * from './cloud-event.ts';
export * from './cross-domain.ts';
export * from './identity.ts';
export * from './json.ts';
export * from './person.ts';
export * from './problem.ts';
export * from './profile.ts';
export * from './visitor.ts';
