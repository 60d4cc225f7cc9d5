// The client of the server benchmarks: raw sockets and prepared bytes, so that it takes as little of the machine as
// it can. Every request is a new batch of new events. Runs in a process of its own, tells its result as one JSON line.
import { connect, type Socket } from 'node:net';

export interface LoadPlan {
  port: number;
  path: string;
  /** Events in a request. */
  events: number;
  connections: number;
  seconds: number;
  /** Requests a second, started whether or not earlier ones were answered; 0 for as many as are answered (closed loop). */
  rate: number;
  /** Distinguishes the ids of one run from those of another. */
  run: number;
}

export interface LoadResult {
  requests: number;
  /** Answers with another status than 202, or with an event that is not `ok`. */
  failed: number;
  requestsPerSecond: number;
  eventsPerSecond: number;
  /** Milliseconds, from when a request was due to its answer. */
  p50: number;
  p99: number;
  max: number;
}

const visitors = 1000;

/** A request whose id, time and visitor are overwritten in place. */
function createRequest({ path, events, run }: LoadPlan): (number: number) => Buffer {
  const one = (index: number): string =>
    JSON.stringify({
      ...(index === 0 && { temporarysecret: 'secret-VVVVVV-of-the-bench' }),
      specversion: '1.0',
      id: `b${String(run).padStart(3, '0')}-NNNNNNNNNN-${String(index).padStart(2, '0')}`,
      type: 'webvisitMortgage',
      source: 'home.com:web:mortgage',
      time: 'TTTTTTTTTTTTTTTTTTTTTTTT',
      identity: 'visitor-VVVVVV',
      identitytype: 'temporaryId',
      datacontenttype: 'application/json',
      data: {
        taskId: 'web-VVVVVV',
        origin: 'Mortgage Rates',
        channelType: 'MortgageRates',
        channelBreakout: 'Web',
        notes: 'Looked at the rates for thirty years, fixed',
        url: 'https://www.home.com/mortgage/rates?term=30',
        uiData: { title: 'Mortgage rates', iconType: 'mortgage', filterTags: ['loans'] },
      },
    });
  const body = `[${Array.from({ length: events }, (_none, index) => one(index)).join(',')}]`;
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/plain\r\norigin: http://bank.test\r\ncontent-length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.from(head + body);
  const placesOf = (mark: string): number[] => {
    const places: number[] = [];
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) places.push(at);
    return places;
  };
  const ids = placesOf('NNNNNNNNNN');
  const times = placesOf('TTTTTTTTTTTTTTTTTTTTTTTT');
  const names = placesOf('VVVVVV');
  return (number) => {
    const id = String(number).padStart(10, '0');
    const time = new Date().toISOString();
    const visitor = String(number % visitors).padStart(6, '0');
    for (const at of ids) bytes.write(id, at, 'latin1');
    for (const at of times) bytes.write(time, at, 'latin1');
    for (const at of names) bytes.write(visitor, at, 'latin1');
    // The socket may keep what it was given until it can send it.
    return Buffer.from(bytes);
  };
}

export async function load(plan: LoadPlan): Promise<LoadResult> {
  const makeRequest = createRequest(plan);
  const latencies: number[] = [];
  const sockets = await Promise.all(Array.from({ length: plan.connections }, () => open(plan.port)));
  const idle = [...sockets];
  const due: number[] = [];
  const answered = new Map<Socket, (ok: boolean) => void>();
  let made = 0;
  let failed = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + plan.seconds * 1000;

  for (const socket of sockets) onAnswer(socket, plan.events, (ok) => answered.get(socket)?.(ok));

  const send = (socket: Socket, dueAt: number): void => {
    made += 1;
    answered.set(socket, (ok) => {
      const now = performance.now();
      latencies.push(now - dueAt);
      if (!ok) failed += 1;
      if (plan.rate === 0 && now < endsAt) send(socket, now);
      else {
        const next = due.shift();
        if (next === undefined) idle.push(socket);
        else send(socket, next);
      }
    });
    socket.write(makeRequest(made));
  };

  if (plan.rate === 0) for (const socket of idle.splice(0)) send(socket, performance.now());
  else
    await paced(plan, endsAt, (dueAt) => {
      const socket = idle.pop();
      if (socket) send(socket, dueAt);
      else due.push(dueAt);
    });
  while (idle.length < sockets.length) await new Promise((resolve) => setTimeout(resolve, 5));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const socket of sockets) socket.destroy();
  latencies.sort((left, right) => left - right);
  const at = (part: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  return {
    requests: latencies.length,
    failed,
    requestsPerSecond: latencies.length / seconds,
    eventsPerSecond: (latencies.length * plan.events) / seconds,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  };
}

/** Starts requests at their due times; late timers catch up, so that a stall is measured and not left out. */
async function paced({ rate }: LoadPlan, endsAt: number, start: (dueAt: number) => void): Promise<void> {
  const stepMs = 1000 / rate;
  let next = performance.now();
  while (next < endsAt) {
    for (const now = performance.now(); next <= now && next < endsAt; next += stepMs) start(next);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true);
    socket.on('error', reject);
  });
}

/** Calls back for each whole answer. */
function onAnswer(socket: Socket, events: number, callback: (ok: boolean) => void): void {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const headEnd = text.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (text.length < end) return;
      const answer = text.slice(0, end);
      text = text.slice(end);
      callback(answer.startsWith('HTTP/1.1 202') && answer.split('"result":"ok"').length === events + 1);
    }
  });
}

if (process.argv[2] !== undefined && import.meta.filename === process.argv[1]) {
  console.log(JSON.stringify(await load(JSON.parse(process.argv[2]))));
}
