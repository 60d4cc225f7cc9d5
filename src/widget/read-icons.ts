// The icon map of the page: the customer's own by its address or as a value, over the default one.
import { createIconMap, type IconMap, iconChoice } from './icon-map.ts';
import type { JourneyProperties } from './journey-properties.ts';
import { loadMore } from './on-demand.ts';

/** Where the map cannot be read there are the default icons. */
export async function readIcons({
  iconDataUrl,
  iconDataPath,
  eventIconTemplate,
}: Pick<JourneyProperties, 'iconDataUrl' | 'iconDataPath' | 'eventIconTemplate'>): Promise<IconMap> {
  const address = iconDataUrl ?? iconDataPath;
  const read = async () => (await fetch(address as string, { credentials: 'omit' })).json();
  const map: unknown = address ? await read().catch(() => eventIconTemplate) : eventIconTemplate;
  if (!map) return createIconMap();
  const more = await loadMore().catch(() => undefined);
  return createIconMap(more?.readOwnIcons(map, iconChoice));
}
