// A progressive profile view (jds-contract 4.6) as the service gave it; what is read of it: profile-values.ts.
import { isObject } from '../protocol/index.ts';

export interface Profile {
  templateId: string;
  personId?: unknown;
  attributes: unknown[];
}

/** Undefined where the value is no view. */
export function readProfile(view: unknown, templateId: string): Profile | undefined {
  if (!isObject(view) || !Array.isArray(view['attributes'])) return undefined;
  return { templateId, personId: view['personId'], attributes: view['attributes'] };
}
