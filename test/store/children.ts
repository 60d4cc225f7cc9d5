// Child processes for the tests: TypeScript files of `children/`, their lines one by one, and their end.
import { spawn } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Child {
  /** Waits for a line that starts with this text, and returns it. */
  line(start: string): Promise<string>;
  lines: string[];
  pid: number;
  kill(): void;
  exited: Promise<{ code: number | null; stderr: string }>;
}

/** Runs a file, by default of `test/store/children`, with this Node and, if given, under another command. */
export function runChild(file: string, args: string[], under: string[] = []): Child {
  const script = isAbsolute(file) ? file : join(import.meta.dirname, 'children', file);
  const [command = process.execPath, ...rest] = [
    ...under,
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    script,
    ...args,
  ];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const exited = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, stderr })),
  );
  return {
    lines,
    pid: child.pid ?? 0,
    exited,
    kill: () => child.kill('SIGKILL'),
    line: (start) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => line.startsWith(start));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        void exited.then(() => reject(new Error(`ended before ${start}: ${stderr}`)));
        look();
      }),
  };
}
