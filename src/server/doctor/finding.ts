// What the doctor says about one thing.

export interface Finding {
  /** `fault`: events are lost or nobody can send. `warning`: it works, but not for everybody or not for long. */
  level: 'ok' | 'warning' | 'fault';
  /** What was looked at, what was found, what to do. */
  text: string;
}

export function ok(text: string): Finding {
  return { level: 'ok', text };
}

export function warning(text: string): Finding {
  return { level: 'warning', text };
}

export function fault(text: string): Finding {
  return { level: 'fault', text };
}
