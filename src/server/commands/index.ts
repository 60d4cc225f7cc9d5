// Every command of the command line, by name. A new one is a file beside this and a line here.
import { backup } from './backup.ts';
import type { Command } from './command.ts';
import { doctor } from './doctor.ts';
import { forward } from './forward.ts';
import { keys } from './keys.ts';
import { restore } from './restore.ts';
import { retry } from './retry.ts';
import { serve } from './serve.ts';
import { token } from './token.ts';

export const commands: Record<string, Command> = { serve, keys, token, doctor, backup, restore, retry, forward };

export type { Command, CommandContext } from './command.ts';
export { CommandError } from './command.ts';
