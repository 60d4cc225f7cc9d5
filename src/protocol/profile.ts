// Progressive profiles as the Journey Data Service shows them (jds-contract 4): templates say what is aggregated over
// which window, a view is the answer for one person.

export const metaDataTypes = ['string', 'integer', 'double', 'utc_datetime'] as const;
export type MetaDataType = (typeof metaDataTypes)[number];

export const aggregationModes = ['Value', 'Count', 'Sum', 'Max', 'Min', 'Average', 'Distinct'] as const;
export type AggregationMode = (typeof aggregationModes)[number];

export const lookBackDurationTypes = ['days', 'hours', 'minutes'] as const;
export type LookBackDurationType = (typeof lookBackDurationTypes)[number];

export const ruleOperators = ['EQ', 'NEQ', 'GT', 'GTE', 'LT', 'LTE', 'HAS'] as const;
export type RuleOperator = (typeof ruleOperators)[number];

/** `<event>,<metaData>,<dataType>,<Mode> <OP> <value>`. */
export type RuleCondition = string;

export type RuleExpression =
  | { logic: 'SINGLE'; condition: RuleCondition }
  | { logic: 'AND' | 'OR'; args: (RuleCondition | RuleExpression)[] };

export interface TemplateAttribute {
  version: string;
  /** The event type whose events are counted. */
  event: string;
  /** The member of `data` that is aggregated. */
  metaData: string;
  metaDataType: MetaDataType;
  /** At most so many of the newest matching events are used; 0: all. */
  limit: number;
  displayName: string;
  lookBackDurationType: LookBackDurationType;
  lookBackPeriod: number;
  aggregationMode: AggregationMode;
  /** The view carries the events that it was made from. */
  verbose: boolean;
  widgetAttributes?: { type: string; tag?: string };
  rules: RuleExpression | null;
}

export interface Template {
  /** 24 hexadecimal digits. */
  id: string;
  organizationId: string;
  workspaceId: string;
  name: string;
  attributes: TemplateAttribute[];
  /** RFC 3339. */
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  updatedBy: string;
}

export interface ViewAttribute {
  queryTemplate: object;
  /** Always a text, also for numbers. */
  result: string;
  error: string | null;
  /** JSON texts with camelCase keys, newest first; null unless the attribute is verbose. */
  journeyEvents: string[] | null;
}
