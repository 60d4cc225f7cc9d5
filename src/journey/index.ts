// The Journey Data Service: feed, persons, workspaces.
export { answerBroken, answerUnreadable } from './jds-error.ts';
export * from './journey.ts';
