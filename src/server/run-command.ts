// Finds the command, runs it, and turns what goes wrong into one line: people at a prompt need no stack.
import { type CommandContext, CommandError, commands } from './commands/index.ts';
import { ownVersion } from './own-version.ts';
import { settings } from './settings.ts';

export interface Output {
  print(line: string): void;
  complain(line: string): void;
}

/** Resolves with the exit status; never rejects. */
export async function runCommand(
  [name = 'help', ...args]: string[],
  environment: CommandContext['environment'],
  { print, complain }: Output,
): Promise<number> {
  if (['version', '--version', '-v'].includes(name)) {
    print(ownVersion());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const asked = ['help', '--help', '-h'].includes(name);
    if (!asked) complain(`there is no command ${name}`);
    (asked ? print : complain)(usage());
    return asked ? 0 : 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    print(`usage: ${command.usage}`);
    return 0;
  }
  try {
    return (await command.run({ args, environment, print, now: Date.now })) ?? 0;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    if (error instanceof CommandError) complain(`usage: ${command.usage}`);
    return 1;
  }
}

function usage(): string {
  const lines = Object.entries(commands).map(([name, { what }]) => `  ${name.padEnd(8)} ${what}`);
  const options = settings.map(
    ({ flag, environment, what }) => `  --${flag.padEnd(16)} ${environment.padEnd(24)} ${what}`,
  );
  return [
    'usage: waymark <command> [options]; waymark <command> --help says more',
    '',
    ...lines,
    '',
    'Every setting may stand in the file (--config FILE or WAYMARK_CONFIG), in the environment, or as a flag:',
    '',
    ...options,
  ].join('\n');
}
