// The parts that JSON Schemas of the API are put together from.

export type Schema = { [keyword: string]: unknown };

export const text: Schema = { type: 'string' };
export const texts: Schema = { type: 'array', items: text };
export const time: Schema = { type: 'string', format: 'date-time' };

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object that has these members, all of them, and no others unless `open`. */
export function record(
  properties: Record<string, Schema>,
  { optional = [], open = false }: { optional?: string[]; open?: boolean } = {},
): Schema {
  const required = Object.keys(properties).filter((member) => !optional.includes(member));
  return { type: 'object', properties, required, additionalProperties: open };
}

export function envelope(data: Schema): Schema {
  const meta = record({ organizationId: text, workspaceId: text }, { open: true });
  return record({ meta, data });
}
