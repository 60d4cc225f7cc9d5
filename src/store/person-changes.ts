// Changes of persons that must happen whole or not at all: several aliases and names at once, as the person calls of the
// Journey Data Service make them (jds-contract 3.3, 3.4). Each is one transaction.
import type { Identitytype } from '../protocol/index.ts';
import type { LinkCause, PersonDetails, PersonRecord } from './store.ts';

export interface PersonChanges {
  /**
   * Applies a change. Throws a Problem `identity-conflict` where an alias belongs to another person, `not-found` for an
   * unknown person or a removed alias that is not there, `invalid-event` where no alias would be left.
   */
  changePerson(workspace: string, personId: string, change: PersonChange, by: LinkCause): Promise<PersonRecord>;
  /**
   * Create or merge: nobody has one of the aliases, then a new person; one has, then it gets the others; several, then
   * they become one and the oldest one's id survives.
   */
  mergeIdentities(workspace: string, details: PersonDetails, options: MergeOptions, by: LinkCause): Promise<Merged>;
}

export interface PersonChange {
  firstName?: string | null;
  lastName?: string | null;
  add?: { value: string; identitytype: Identitytype }[];
  /** Alias values, literally. */
  remove?: string[];
}

export interface MergeOptions {
  /** The given aliases become all that the person has. Default false. */
  override?: boolean;
  /**
   * Throws a Problem `identity-conflict` instead of joining: `several` persons, or `any` person, so that the call only
   * creates. Aliases that were taken off somebody and are unused since are nobody's.
   */
  refuse?: 'several' | 'any';
}

export interface Merged {
  person: PersonRecord;
  created: boolean;
}
