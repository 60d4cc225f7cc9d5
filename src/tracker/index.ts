// What happens on a page, told as one person's journey.
export type * from './options.ts';
export { createTracker } from './tracker.ts';
