import type { Tracker } from 'waymark';

export declare const tracker: Tracker;
/** The markup of the page. */
export declare function render(likes: number): string;
