// What every command of the command line is.

/** An error that is told without its stack, and ends the command with status 1. */
export class CommandError extends Error {}

export interface CommandContext {
  /** What stands after the command's name. */
  args: string[];
  environment: Record<string, string | undefined>;
  /** One line for people or programs. */
  print: (line: string) => void;
  now: () => number;
}

export interface Command {
  /** One line for `waymark help`. */
  what: string;
  /** How it is called, with its options. */
  usage: string;
  /** Resolves with the exit status, or with nothing for 0; `serve` while it runs. */
  run(context: CommandContext): Promise<number | undefined>;
}
