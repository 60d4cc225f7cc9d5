// What the agent chose; undefined: as the page or the call says.
import type { TimeFrame } from './settings.ts';

export interface Choices {
  /** An identity looked up by the search. */
  looked: string | undefined;
  tag: string | undefined;
  frame: TimeFrame | undefined;
  condensed: boolean | undefined;
  /** More entries than `limit`. */
  extra: number;
  /** The name is being edited. */
  editing: boolean;
}

export const noChoices: Choices = {
  looked: undefined,
  tag: undefined,
  frame: undefined,
  condensed: undefined,
  extra: 0,
  editing: false,
};
