// Types of secrets.mjs, for the tests.
export interface DemoSecrets {
  workspace: string;
  siteKey: string;
  identityKey: { kid: string; secret: string };
  deskToken: string;
  bankToken: string;
}
export function makeSecrets(): DemoSecrets;
export function loadSecrets(folder: string): DemoSecrets;
