// People named by customerIds, who are linked and parted again, and who is one with whom by then.
import type { Store } from '../../../src/store/index.ts';

export interface LinkedPeople {
  join(one: string, other: string): Promise<void>;
  /** Removes the link at this place among those that there are, if there is one. */
  part(place: number): Promise<void>;
  /** All who are one person with this one, who is among them. */
  personOf(who: string): Set<string>;
}

const customer = (value: string) => ({ value, identitytype: 'customerId' as const });

export function linkedPeople(store: Store, ofWorkspace: string): LinkedPeople {
  const links: { id: number; ends: string[] }[] = [];
  const by = { cause: 'api:t', trust: 'api' } as const;
  return {
    async join(one, other) {
      if (one === other) return;
      const { result, linkId } = await store.link(ofWorkspace, { from: customer(one), to: customer(other), ...by });
      // A second link between people who are joined already keeps them together when the first goes.
      const isNew = result !== 'refused' && linkId !== undefined && links.every(({ id }) => id !== linkId);
      if (isNew) links.push({ id: linkId, ends: [one, other] });
    },
    async part(place) {
      const [link] = links.splice(place, 1);
      if (link) await store.unlink(ofWorkspace, link.id, by);
    },
    personOf(who) {
      const person = new Set([who]);
      for (let size = 0; size < person.size; ) {
        size = person.size;
        for (const { ends } of links) if (ends.some((end) => person.has(end))) for (const end of ends) person.add(end);
      }
      return person;
    },
  };
}
