// Every event once, who is who, what is to be delivered.
export type * from './store.ts';
