// Reading persons by alias and as a list (jds-contract 3.2). Both answer with an array, even for one match.
import type { FastifyInstance } from 'fastify';
import { authorize, readPersons } from '../authorize.ts';
import { JourneyError } from '../jds-error.ts';
import type { JourneyContext } from '../journey.ts';
import { viewPerson } from '../person-view.ts';
import { readPage, readText } from '../query.ts';

export function personRoutes(app: FastifyInstance, { access, store }: JourneyContext): void {
  app.get<{ Params: { ws: string } }>('/admin/v1/api/person/workspace-id/:ws', async (request) => {
    const workspace = authorize(access, request, { workspaceId: request.params.ws, scopes: readPersons });
    const personId = readText(request.query, 'personId');
    const one = personId === undefined ? undefined : await store.person(workspace.id, personId);
    if (personId !== undefined && !one) throw new JourneyError(404, 'The person was not found');
    const persons = one ? [one] : await store.persons(workspace.id, readPage(request.query));
    return {
      meta: { organizationId: workspace.organizationId, workspaceId: workspace.id },
      data: persons.map((person) => viewPerson(person, workspace)),
    };
  });

  app.get<{ Params: { ws: string; aliases: string } }>(
    '/admin/v1/api/person/workspace-id/:ws/aliases/:aliases',
    async (request) => {
      const workspace = authorize(access, request, { workspaceId: request.params.ws, scopes: readPersons });
      const aliases = request.params.aliases.split(',').filter((alias) => alias !== '');
      const found = await Promise.all(aliases.map((alias) => store.personOf(workspace.id, alias)));
      const persons = new Map(found.flatMap((person) => (person ? [[person.id, person] as const] : [])));
      if (persons.size === 0) throw new JourneyError(404, 'No person has one of these aliases');
      return {
        meta: { organizationId: workspace.organizationId, workspaceId: workspace.id },
        data: [...persons.values()].map((person) => viewPerson(person, workspace)),
      };
    },
  );
}
