// Journey actions (jds-contract 5): when a profile's result fulfils a rule, a webhook is called.
import type { RuleExpression } from './profile.ts';

export const webhookVerbs = ['post', 'get'] as const;
export type WebhookVerb = (typeof webhookVerbs)[number];

/** How sure it must be that the causing event belongs to the person, rising. */
export const trustLevels = ['anonymous', 'recognised', 'verified'] as const;
export type TrustLevel = (typeof trustLevels)[number];

export interface ActionTrigger {
  type: 'Webhook';
  webhookURL: string;
  attributes: {
    httpverb: WebhookVerb;
    /** JSON text, or any text; `{{…}}` are filled in when the action fires. */
    requestbody?: string;
    /** Such as `Bearer`; goes before `authorization` in the header of that name. */
    authorizationScheme?: string;
    authorization?: string;
  };
}

export interface JourneyAction {
  /** 24 hexadecimal digits. */
  id: string;
  organizationId: string;
  workspaceId: string;
  templateId: string;
  name: string;
  rules: RuleExpression;
  /** Quiet time of a person and action after it fired. 0: none. */
  cooldownPeriodInMinutes: number;
  isActive: boolean;
  actionTriggers: ActionTrigger[];
  /** Beyond Cisco: events that are less sure fire nothing. Default `anonymous`: all do. */
  minTrust: TrustLevel;
  /** Beyond Cisco: fires no more often than this in a day (UTC). Absent: as often as the workspace may. */
  maxPerDay?: number;
  /** Beyond Cisco: why it never fires, such as an attribute that its template has no more. Absent: it can be judged. */
  error?: string;
  /** RFC 3339. */
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  updatedBy: string;
}
