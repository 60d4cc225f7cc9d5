// Secrets need not stand in the configuration: in their place may stand `{ "env": "NAME" }` or `{ "file": "path" }`.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject } from '../protocol/index.ts';

export interface SecretSources {
  environment: Record<string, string | undefined>;
  /** Relative paths count from here. */
  folder: string;
}

/** The value with all references replaced by what they name. Throws an Error that names the place and never the secret. */
export function resolveSecrets(value: unknown, sources: SecretSources, place = ''): unknown {
  if (Array.isArray(value)) return value.map((one, index) => resolveSecrets(one, sources, `${place}[${index}]`));
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  if (names.length === 1 && typeof value['env'] === 'string') return fromEnvironment(value['env'], sources, place);
  if (names.length === 1 && typeof value['file'] === 'string') return fromFile(value['file'], sources, place);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      resolveSecrets(one, sources, place === '' ? name : `${place}.${name}`),
    ]),
  );
}

function fromEnvironment(name: string, { environment }: SecretSources, place: string): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(`configuration: ${place}: expected the environment variable ${name} to be set`);
}

function fromFile(file: string, { folder }: SecretSources, place: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8').trim();
  } catch (error) {
    throw new Error(`configuration: ${place}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
