// The templates that every workspace begins with: the one that Cisco's widgets ask for (jds-contract 4.5), and one for
// visitors of the site.
import type { TemplateAttribute } from '../../protocol/index.ts';
import type { NewTemplate } from './template.ts';

const row = { widgetAttributes: { type: 'table' }, version: '0.1', rules: null } as const;

function contacts(displayName: string, lookBackPeriod: number, unit: 'days' | 'hours'): TemplateAttribute {
  return {
    ...row,
    event: 'task:new',
    metaData: 'origin',
    metaDataType: 'string',
    limit: 1000,
    displayName,
    lookBackDurationType: unit,
    lookBackPeriod,
    aggregationMode: 'Count',
    verbose: true,
  };
}

function web(displayName: string, members: Partial<TemplateAttribute>): TemplateAttribute {
  return {
    ...row,
    event: 'webvisit*',
    metaData: 'url',
    metaDataType: 'string',
    limit: 1000,
    displayName,
    lookBackDurationType: 'days',
    lookBackPeriod: 7,
    aggregationMode: 'Count',
    verbose: false,
    ...members,
  };
}

const times = { metaData: 'time', metaDataType: 'utc_datetime', lookBackPeriod: 365 } as const;

export const defaultTemplates: readonly NewTemplate[] = [
  {
    name: 'journey-default-template',
    attributes: [
      contacts('Contacted in last 10 days', 10, 'days'),
      contacts('Contacted in last 24 hours', 24, 'hours'),
    ],
  },
  {
    name: 'web-journey-template',
    attributes: [
      web('Visits in last 30 minutes', { lookBackDurationType: 'minutes', lookBackPeriod: 30 }),
      web('Visits in last 7 days', {}),
      web('Pages in last 7 days', { aggregationMode: 'Distinct' }),
      web('Last page', { aggregationMode: 'Value', limit: 1 }),
      web('Looked at mortgages in last 7 days', { event: 'webvisitMortgage' }),
      web('First seen', { ...times, aggregationMode: 'Min' }),
      web('Last seen', { ...times, aggregationMode: 'Max', limit: 1 }),
    ],
  },
];
