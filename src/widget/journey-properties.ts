// The names by which pages set the element up: those of the element in Webex Agent Desktop (jds-contract 7.2), so that it
// drops in, and a few of our own. Attributes whose names v10 or its code replaced work under both names; `logs-on`,
// `is-visual-rebrand-enabled` and `is-momentum-v2-enabled` change nothing here.
import { LitElement, type PropertyDeclarations } from 'lit';
import { isNotFalse, isTrueByDefault } from './settings.ts';

type Converter = (value: string | null) => unknown;

/** `templateId` is the attribute `template-id`. */
function named(names: readonly string[], converter?: Converter): PropertyDeclarations {
  const attribute = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.fromEntries(
    names.map((name) => [name, { attribute: attribute(name), ...(converter ? { converter } : {}) }]),
  );
}

const texts = [
  'organizationId',
  'dataCenter',
  'projectId',
  'templateId',
  'customer',
  'cadVariableLookup',
  'baseUrl',
  'timeFrame',
  'timeFrames',
  'badgeKeyword',
  'iconDataUrl',
  'iconDataPath',
  'linkHosts',
  'streamToken',
];

const falseByDefault = [
  'hideProfileName',
  'useNewMomentumIcons',
  'disableEventStream',
  'enableUserSearch',
  'disableUserSearch',
  'hideWxccEvents',
  'compactWxccEvents',
  'ignoreUndefinedOrigins',
  'collapseAliasSection',
  'collapseProfileSection',
  'collapseTimelineSection',
] as const;
const trueByDefault = ['showAliasIcon', 'condensedView', 'readOnlyAliases', 'useCadDefaultFilter'] as const;

export class JourneyProperties extends LitElement {
  static override properties: PropertyDeclarations = {
    bearerToken: { attribute: false },
    interactionData: { attribute: false },
    eventIconTemplate: { attribute: false },
    limit: { type: Number },
    language: { attribute: 'lang' },
    ...named(texts),
    ...named(falseByDefault, isNotFalse),
    ...named(trueByDefault, isTrueByDefault),
  };

  /** Reads journeys (`cjp:user`). A property only: it never stands in the document. */
  declare bearerToken: string | undefined;
  declare organizationId: string | undefined;
  /** Chooses Cisco's host where `baseUrl` is not set, for example `us1`. */
  declare dataCenter: string | undefined;
  /** The desk's current contact; its caller is shown before `customer`, its variables choose division and filter. */
  declare interactionData: unknown;
  /** The workspace, 24 hexadecimal digits. Default: the one that the contact centre feeds. */
  declare projectId: string | undefined;
  /** Profile template, by id or name. Default: `journey-default-template`, else the first. */
  declare templateId: string | undefined;
  /** The identity to show: e-mail, phone, customer id or temporaryId. None shows a search box. */
  declare customer: string | undefined;
  /** Name of the CAD variable that holds the identity; goes before the caller and `customer`. */
  declare cadVariableLookup: string | undefined;
  /** Address of the service; goes before `dataCenter`. */
  declare baseUrl: string | undefined;
  /** Entries shown at first, and how many more each time. Default 20. */
  declare limit: number | undefined;
  /** `All` (default), or a period such as `24-Hours`, `10-Days`, `6-Months`. */
  declare timeFrame: string | undefined;
  /** The periods to choose from, by blanks. Default `24-Hours 7-Days 30-Days`. */
  declare timeFrames: string | undefined;
  /** The member of `data` that names the icon of an event without `uiData.iconType`. Default `channelType`. */
  declare badgeKeyword: string | undefined;
  /** Address of an icon map (jds-contract 7.5), read with CORS and without credentials. */
  declare iconDataUrl: string | undefined;
  /** The older name of `iconDataUrl`. */
  declare iconDataPath: string | undefined;
  /** An icon map as a value, in place of an address. */
  declare eventIconTemplate: unknown;
  /** A button that opens the list of names and links. Default true. */
  declare showAliasIcon: boolean;
  /** Hides name, names' list and its button. Default false. */
  declare hideProfileName: boolean;
  /** Filled badges, as Momentum Design draws them. Default false. */
  declare useNewMomentumIcons: boolean;
  /** No live events. Default false. */
  declare disableEventStream: boolean;
  /** The agent may look up others. Default false. */
  declare enableUserSearch: boolean;
  /** Version 9: no search, even where nobody is named. Default false. */
  declare disableUserSearch: boolean;
  /** Without the contact centre's own events. Default false. */
  declare hideWxccEvents: boolean;
  /** A contact is one row without its steps. Default false. */
  declare compactWxccEvents: boolean;
  /** Without events of others that have no `data.origin`. Default false. */
  declare ignoreUndefinedOrigins: boolean;
  /** Version 9: identities folded at first. Default false. */
  declare collapseAliasSection: boolean;
  /** Version 9: profile rows folded at first. Default false. */
  declare collapseProfileSection: boolean;
  /** Version 9: the journey folded at first. Default false. */
  declare collapseTimelineSection: boolean;
  /** The call variable `JDSDefaultFilter` chooses the filter. Default true. */
  declare useCadDefaultFilter: boolean;
  /** Compact rows. Default true. */
  declare condensedView: boolean;
  /** The agent may not add and remove aliases. Default true. */
  declare readOnlyAliases: boolean;
  /** Hosts to which links of unproven visitors may lead, such as `home.com *.home.com`. Default none. */
  declare linkHosts: string | undefined;
  /** `header` or `query`: where streams carry the token. Default: query for Cisco's hosts, else header. */
  declare streamToken: string | undefined;

  /** Language of the widget's own words (attribute `lang`). Default: the browser's. */
  declare language: string | undefined;

  constructor() {
    super();
    for (const name of falseByDefault) this[name] = false;
    for (const name of trueByDefault) this[name] = true;
  }
}
