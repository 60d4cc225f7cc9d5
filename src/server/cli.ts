#!/usr/bin/env node
// The command line: `waymark <command> [options]`. Exit status 0 for done, 1 for not, 2 for called wrongly.
import { runCommand } from './run-command.ts';

process.exitCode = await runCommand(process.argv.slice(2), process.env, {
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});
