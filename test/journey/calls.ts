// Every call of the API and whom it admits (contract 0.3), for the attacks on them.
import type { Role } from './service.ts';

const person = '/admin/v1/api/person';
const templates = '/admin/v1/api/profile-view-template/workspace-id/{ws}';
const actions = '/admin/v1/api/journey-actions/workspace-id/{ws}';
const webhooks = '/v1/api/webhooks/workspace-id/{ws}';
const views = '/v1/api/progressive-profile-view';
const streams = '/v1/api/events/stream/workspace-id/{ws}';
const id = 'ffffffffffffffffffffffff';
const readers: Role[] = ['admin', 'agent', 'reader', 'fullAdmin', 'orgReader', 'config'];

/** Every call of the API: what it needs to be admitted, and what is asked of it here. */
export const calls: [name: string, method: string, path: string, admitted: Role[]][] = [
  ['publish', 'POST', '/publish/v1/api/event?workspaceId={ws}', ['admin', 'fullAdmin', 'config']],
  ['history', 'GET', '/v1/api/events/workspace-id/{ws}', readers],
  ['persons', 'GET', `${person}/workspace-id/{ws}`, ['admin', 'agent', 'reader', 'config']],
  ['persons by aliases', 'GET', `${person}/workspace-id/{ws}/aliases/x`, ['admin', 'agent', 'reader', 'config']],
  ['create person', 'POST', `${person}/workspace-id/{ws}`, ['admin', 'fullAdmin', 'config']],
  ['patch person', 'PATCH', `${person}/workspace-id/{ws}/person-id/${id}`, ['admin', 'agent', 'config']],
  [
    'add identities',
    'PATCH',
    `${person}/add-identities/workspace-id/{ws}/person-id/${id}`,
    ['admin', 'fullAdmin', 'config'],
  ],
  [
    'remove identities',
    'PATCH',
    `${person}/remove-identities/workspace-id/{ws}/person-id/${id}`,
    ['admin', 'fullAdmin', 'config'],
  ],
  ['merge to primary', 'POST', `${person}/merge/workspace-id/{ws}/primary-person-id/${id}`, ['admin', 'config']],
  ['merge identities', 'POST', `${person}/merge-identities/workspace-id/{ws}`, ['admin', 'fullAdmin', 'config']],
  ['delete person', 'DELETE', `${person}/workspace-id/{ws}/person-id/${id}`, ['admin', 'fullAdmin', 'config']],
  ['import', 'POST', `${person}/import/workspace-id/{ws}`, ['admin', 'fullAdmin', 'config']],
  ['links', 'GET', `${person}/workspace-id/{ws}/person-id/${id}/links`, ['admin', 'agent', 'reader', 'config']],
  ['confirm link', 'POST', `${person}/workspace-id/{ws}/person-id/${id}/links/1/confirm`, ['admin', 'agent', 'config']],
  ['remove link', 'DELETE', `${person}/workspace-id/{ws}/person-id/${id}/links/1`, ['admin', 'agent', 'config']],
  ['export', 'GET', `${person}/workspace-id/{ws}/person-id/${id}/export`, ['admin', 'fullAdmin', 'config']],
  ['erase', 'POST', `${person}/workspace-id/{ws}/person-id/${id}/erase`, ['admin', 'fullAdmin', 'config']],
  ['workspaces', 'GET', '/admin/v1/api/workspace', ['admin', 'reader', 'fullAdmin', 'orgReader', 'config']],
  ['create workspace', 'POST', '/admin/v1/api/workspace', ['admin', 'fullAdmin', 'config']],
  [
    'workspace',
    'GET',
    '/admin/v1/api/workspace/workspace-id/{ws}',
    ['admin', 'reader', 'fullAdmin', 'orgReader', 'config'],
  ],
  ['update workspace', 'PUT', '/admin/v1/api/workspace/workspace-id/{ws}', ['admin', 'fullAdmin', 'config']],
  ['delete workspace', 'DELETE', '/admin/v1/api/workspace/workspace-id/{ws}', ['admin', 'fullAdmin', 'config']],
  [
    'subscriptions',
    'GET',
    '/admin/v1/api/wxcc-subscription/workspace-id/{ws}',
    ['admin', 'reader', 'fullAdmin', 'orgReader', 'config'],
  ],
  [
    'create subscription',
    'POST',
    '/admin/v1/api/wxcc-subscription/workspace-id/{ws}',
    ['admin', 'fullAdmin', 'config'],
  ],
  [
    'delete subscription',
    'DELETE',
    '/admin/v1/api/wxcc-subscription/workspace-id/{ws}',
    ['admin', 'fullAdmin', 'config'],
  ],
  ['token', 'POST', '/v1/api/token/workspace-id/{ws}', readers],
  ['audit', 'GET', '/v1/api/audit/workspace-id/{ws}', ['admin', 'fullAdmin', 'config']],
  // Streams with a filter that nobody can read: who is admitted gets a 400 and no stream.
  ['stream', 'GET', `${streams}/identity/x?filter=(`, readers],
  ['stream by body', 'POST', `${streams}/identity`, readers],
  ['redeem call code', 'POST', '/v1/api/call-code/workspace-id/{ws}', ['admin', 'agent', 'config']],
  ['templates', 'GET', templates, ['admin', 'agent', 'reader', 'config']],
  ['create template', 'POST', templates, ['admin', 'fullAdmin', 'config']],
  ['template', 'GET', `${templates}/template-id/x`, ['admin', 'agent', 'reader', 'config']],
  ['template by name', 'GET', `${templates}/template-name/x`, ['admin', 'agent', 'reader', 'config']],
  ['replace template', 'PUT', `${templates}/template-id/x`, ['admin', 'fullAdmin', 'config']],
  ['delete template', 'DELETE', `${templates}/template-id/x`, ['admin', 'fullAdmin', 'config']],
  ['view of person', 'GET', `${views}/workspace-id/{ws}/person-id/${id}/template-id/x`, readers],
  ['view of person by name', 'GET', `${views}/workspace-id/{ws}/person-id/${id}/template-name/x`, readers],
  ['view of identity', 'GET', `${views}/workspace-id/{ws}/identity/x/template-id/x`, readers],
  ['view of identity by name', 'GET', `${views}/workspace-id/{ws}/identity/x/template-name/x`, readers],
  ['view stream', 'GET', `${views}/stream/workspace-id/{ws}/identity/x/template-id/x`, readers],
  ['view stream by name', 'GET', `${views}/stream/workspace-id/{ws}/identity/x/template-name/x`, readers],
  ['actions', 'GET', actions, ['admin', 'reader', 'config']],
  ['actions of template', 'GET', `${actions}/template-id/x`, ['admin', 'reader', 'config']],
  ['create action', 'POST', `${actions}/template-id/x`, ['admin', 'config']],
  ['action by name', 'GET', `${actions}/template-id/x/action-name/x`, ['admin', 'reader', 'config']],
  ['action', 'GET', `${actions}/template-id/x/action-id/x`, ['admin', 'reader', 'config']],
  ['replace action', 'PUT', `${actions}/template-id/x/action-id/x`, ['admin', 'config']],
  ['delete action', 'DELETE', `${actions}/template-id/x/action-id/x`, ['admin', 'config']],
  ['history of action', 'GET', `${actions}/template-id/x/action-id/x/history`, ['admin', 'reader', 'config']],
  ['deliveries', 'GET', `${webhooks}/deliveries`, ['admin', 'reader', 'config']],
  ['replay', 'POST', `${webhooks}/replay`, ['admin', 'config']],
  ['endpoints', 'GET', `${webhooks}/endpoints`, ['admin', 'reader', 'config']],
  ['resume endpoint', 'POST', `${webhooks}/endpoints/x/resume`, ['admin', 'config']],
  ['webhook secret', 'GET', `${webhooks}/secret`, ['admin', 'config']],
  ['rotate webhook secret', 'POST', `${webhooks}/secret/rotate`, ['admin', 'config']],
];

/** Bodies that no call takes, so that who is admitted changes nothing. */
export const refused = { body: '"no"' };
export const bodiless = new Set([
  'token',
  'create subscription',
  'delete subscription',
  'delete workspace',
  'erase',
  'delete person',
  'remove link',
  'confirm link',
  'delete template',
  'delete action',
]);
