// `waymark token`: makes an identity token, to try a site's integration without its back end.
import {
  createIdentityToken,
  type IdentityKey,
  isTokenAlgorithm,
  type NamedIdentity,
  readKeysFile,
} from '../../access/index.ts';
import { isIdentitytype } from '../../protocol/index.ts';
import { filesOf, type ServerConfig } from '../config.ts';
import { type Command, CommandError } from './command.ts';
import { configOf, configOptions, durationOf, listOf, needText, readOptions, textOf, type Values } from './options.ts';

export const token: Command = {
  what: 'makes an identity token',
  usage:
    'waymark token --workspace ID --identity VALUE --type email --tid TEMPORARYID [--also type=VALUE] [--expires 10m] (--config FILE | --kid ID --secret-env NAME [--alg HS256])',
  async run({ args, environment, print, now }) {
    const { values } = readOptions(args, {
      ...configOptions,
      workspace: { type: 'string' },
      identity: { type: 'string' },
      type: { type: 'string' },
      tid: { type: 'string' },
      also: { type: 'string', multiple: true },
      expires: { type: 'string' },
      kid: { type: 'string' },
      alg: { type: 'string' },
      'secret-env': { type: 'string' },
    });
    const workspace = needText(values, 'workspace');
    const key =
      keyFromEnvironment(values, environment) ?? keyFromConfig(configOf(values, { environment }), workspace, values);
    const also = listOf(values, 'also')?.map(parseNamed);
    const tid = textOf(values, 'tid');
    const expiresMs = durationOf(values, 'expires');
    print(
      await createIdentityToken({
        ...key,
        workspace,
        ...parseNamed(`${needText(values, 'type')}=${needText(values, 'identity')}`),
        ...(also && { identities: also }),
        ...(tid !== undefined && { temporaryId: tid }),
        ...(expiresMs !== undefined && { expiresInSeconds: expiresMs / 1000 }),
        now,
      }),
    );
    return 0;
  },
};

function keyFromEnvironment(values: Values, environment: Record<string, string | undefined>): IdentityKey | undefined {
  const name = textOf(values, 'secret-env');
  if (name === undefined) return undefined;
  const secret = environment[name];
  if (!secret) throw new CommandError(`--secret-env: expected the environment variable ${name} to be set`);
  const alg = textOf(values, 'alg') ?? 'HS256';
  if (!isTokenAlgorithm(alg)) throw new CommandError(`--alg: expected HS256 or ES256, got ${alg}`);
  return { kid: needText(values, 'kid'), alg, secret };
}

/** The workspace's HS256 key: with ES256 the server knows the public half only. */
function keyFromConfig(config: ServerConfig, workspace: string, values: Values): IdentityKey {
  const kid = textOf(values, 'kid');
  const configured = config.workspaces.find(({ id }) => id === workspace);
  const keys = [
    ...(configured?.identityKeys ?? []),
    ...(readKeysFile(filesOf(config).keys)[workspace]?.identityKeys ?? []),
  ];
  const key = keys.find((one) => one.alg === 'HS256' && (kid === undefined || one.kid === kid));
  if (key) return key;
  throw new CommandError(
    `the workspace has no HS256 identity key${kid === undefined ? '' : ` ${kid}`}: add one with waymark keys add-identity, or give --kid and --secret-env`,
  );
}

function parseNamed(text: string): NamedIdentity {
  const [, identitytype, identity = ''] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (!isIdentitytype(identitytype)) {
    throw new CommandError(`expected phone, email, customerId or socialId as the type, got ${identitytype ?? text}`);
  }
  return { identity, identitytype };
}
