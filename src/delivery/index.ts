// What leaves for others: durable lanes out of the store.

export * from './jds/index.ts';
export * from './webhooks/index.ts';
