// The Journey Data Service: feed, persons.
export * from './journey.ts';
