// Text of a sender that would be more than text: a header of its own in the answer, a line of its own in the log.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anEvent, aServer, siteKey, siteOrigin, until } from '../helpers.ts';
import { aConfigFile } from '../server/commands/run.ts';

const forgedRecord = '{"level":60,"msg":"forged"}';

/** What stands behind a harmless beginning, as bytes: `fetch` would refuse to send most of it. */
const tails = [
  '\r\nx-injected: 1',
  '\r\n\r\n<html>',
  '\nx-injected: 1',
  '\rx-injected: 1',
  '\r\n x-injected: 1',
  '%0d%0ax-injected:%201',
  // Cut down to one byte each these would be CR and LF.
  Buffer.from('\u560d\u560ax-injected: 1').toString('latin1'),
  '\x85x-injected: 1',
  '\u0000x-injected: 1',
  '; Domain=evil.test',
];

/** Sends request line, headers and body as they stand; returns the lines of the answer's head, none where none came. */
function exchange(url: string, request: string, headers: readonly string[], body = ''): Promise<string[]> {
  const { hostname, port } = new URL(url);
  const own = ['host: x', 'connection: close', `content-length: ${body.length}`];
  const text = `${[`${request} HTTP/1.1`, ...own, ...headers].join('\r\n')}\r\n\r\n${body}`;
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    // A request that cannot be read is cut off; what was answered before counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const [head = ''] = answer.split('\r\n\r\n');
      resolve(head.split(/\r\n|\r|\n/).filter((line) => line !== ''));
    });
  });
}

describe('a header of the answer', () => {
  it('is never written by whoever sends', async () => {
    const { url } = await aServer({ collect: { cookie: {} } });
    const known = [
      /^HTTP\/1\.1 \d{3} [\w ]+$/,
      /^(vary|x-request-id|cache-control|x-content-type-options|content-type|content-length|connection|date|allow): /i,
      /^(access-control-[\w-]+|keep-alive|retry-after|set-cookie|transfer-encoding): /i,
    ];
    const statuses = new Set<string>();
    for (const tail of tails) {
      const origin = `origin: ${siteOrigin}${tail}`;
      const cookie = `cookie: wm_id=visitor.secret${tail}`;
      for (const [request, headers] of [
        [`POST /collect?key=${siteKey}`, [origin]],
        [`POST /collect?key=${siteKey}`, [`x-request-id: mine${tail}`, `x-forwarded-for: 1.2.3.4${tail}`]],
        [`POST /collect?key=${siteKey}&consent=granted`, ['sec-fetch-site: same-origin', cookie]],
        [`OPTIONS /collect?key=${siteKey}`, [origin, `access-control-request-headers: x${tail}`]],
        [`POST /call-code?key=${encodeURIComponent(tail)}`, [origin]],
        ['GET /v1/api/events/workspace-id/x', [origin, `authorization: Bearer x${tail}`]],
      ] as const) {
        const event = JSON.stringify([anEvent({ identity: 'visitor', temporarysecret: 'secret' })]);
        const lines = await exchange(url, request, headers, request.startsWith('POST') ? event : '');
        statuses.add(lines[0]?.slice(9, 12) ?? 'none');
        const strange = lines.filter((line) => !known.some((one) => one.test(line)));
        expect(strange, `${request} ${headers}`).toEqual([]);
        expect(lines.join('\n'), `${request} ${headers}`).not.toMatch(/^(set-cookie:.*Domain=|x-request-id: mine)/im);
      }
    }
    for (const status of ['202', '204', '400', '401', '403']) expect([...statuses]).toContain(status);
    expect([...statuses].filter((status) => status >= '500' && status !== 'none')).toEqual([]);
  });
});

describe('a line of the log', () => {
  it('is never written by whoever sends', async () => {
    const { file } = aConfigFile({ log: 'info' });
    const child = spawn(process.execPath, [join('dist', 'lib', 'server', 'cli.js'), 'serve', '--config', file]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        log += chunk;
      });
    }
    const url = await until('the server listens', () => /waymark is listening on (\S+)/.exec(log)?.[1], 30_000);
    const quoting = `https://evil.test","msg":"forged`;
    for (const breaking of ['\n', '\r\n', '\\n', '%0a', '%0d%0a', '\x85', '\u001b[2J', '","a":"']) {
      const forged = `${breaking}${forgedRecord}${breaking}`;
      const inAddress = encodeURIComponent(forged);
      await exchange(url, 'POST /collect?key=pk_unknown', [`origin: https://evil.test${forged}`], '[]');
      await exchange(url, `POST /collect?key=${inAddress}&sent=${inAddress}`, [`origin: ${quoting}`], '[]');
      await exchange(url, `POST /collect?key=${siteKey}`, [`user-agent: ${forged}`], forged);
      await exchange(url, `GET /v1/api/events/workspace-id/${inAddress}`, [`authorization: Bearer x${forged}`]);
      await exchange(url, `GET /${inAddress}`, [`x-request-id: ${forged}`]);
      await exchange(url, `FORGE${forged} /`, []);
    }
    child.kill('SIGTERM');
    await once(child, 'exit');
    const lines = log.split(/\r\n|\r|\n/).filter((line) => line !== '');
    const records = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    expect(records.filter(({ level, msg }) => level === 60 || String(msg).includes('forged'))).toEqual([]);
    expect(lines.filter((line) => !/^(\{|waymark is |\/[\w-]+\.js: pinned)/.test(line))).toEqual([]);
    // What was sent did reach the log, as text.
    expect(records.map(({ origin }) => origin)).toContain(quoting);
  });
});
