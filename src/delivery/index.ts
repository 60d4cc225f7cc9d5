// What leaves for others: durable lanes out of the store.
export * from './webhooks/index.ts';
