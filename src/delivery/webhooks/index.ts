export { isNetwork } from './address-policy.ts';
export * from './webhooks.ts';
