// What the parts of the view are given to draw with: words, icons, what is known of the visitor, and what a click does.
import type { TemplateResult } from 'lit';
import type { CloudEvent } from '../protocol/index.ts';
import type { ChunkWindow } from './chunks.ts';
import type { EventDescription } from './describe-event.ts';
import type { IconMap } from './icon-map.ts';
import type { Moment } from './identified.ts';
import type { PersonLink } from './jds-client.ts';
import type { FeedItem } from './journey-event.ts';
import type { Language } from './language.ts';

export interface ViewContext {
  language: Language;
  icons: IconMap;
  chunks: ChunkWindow;
  describe(event: CloudEvent): EventDescription;
  /** A contact is one row, whatever steps it had. */
  compactContacts: boolean;
  /** Compact rows; details open on demand. */
  condensed: boolean;
  /** Hosts to which links of unproven visitors may lead. */
  allowedHosts: readonly string[];
  /** Keys of the events made by somebody known. */
  identified: ReadonlySet<string>;
  moments: ReadonlyMap<string, Moment>;
  now: number;
  isFresh(item: FeedItem): boolean;
  /** Whether the agent opened it, else `otherwise`. */
  isOpen(key: string, otherwise: boolean): boolean;
  setOpen(key: string, open: boolean): void;
  copy(value: string): void;
  showDialog(title: string, content: () => TemplateResult): void;
  /** Undefined where the agent may only read. */
  unlink: ((link: PersonLink) => void) | undefined;
}

/** A short name for an element id; keys hold text of events, which does not belong there. */
export function idOf(prefix: string, key: string): string {
  let value = 5381;
  for (let index = 0; index < key.length; index += 1) value = (value * 33 + key.charCodeAt(index)) >>> 0;
  return `${prefix}-${value.toString(36)}`;
}
