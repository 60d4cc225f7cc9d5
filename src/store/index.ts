// Every event once, who is who, what is to be delivered.
export { isBlocked } from './block-list.ts';
export { eventFields, fitsCondition, fitsMembers, requireSane } from './condition.ts';
export type * from './documents.ts';
export { backUpSqliteFile } from './drivers/sqlite/back-up.ts';
export { openSqliteStore, type SqliteStoreOptions } from './drivers/sqlite/open-sqlite-store.ts';
export { restoreStoreFile } from './drivers/sqlite/restore.ts';
export type * from './facts.ts';
export type * from './lanes.ts';
export { type AliasLimits, defaultLimits } from './limits.ts';
export type * from './notes.ts';
export * from './outbox.ts';
export type * from './person-changes.ts';
export type * from './store.ts';
export { isOfType, startOfTypes } from './type-pattern.ts';
export * from './webhook-outbox.ts';
