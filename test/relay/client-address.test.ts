import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, networkOf, truncateAddress } from '../../src/relay/client-address.ts';

const request = (remoteAddress: string | undefined, forwarded?: string | string[]) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it('is that of the socket unless a proxy in front is trusted', () => {
    expect(clientAddress(request('198.51.100.1', '203.0.113.9'), 0)).toBe('198.51.100.1');
    expect(clientAddress(request('::ffff:198.51.100.1'), 0)).toBe('198.51.100.1');
    expect(clientAddress(request(undefined), 0)).toBe('unknown');
  });

  it('is what the outermost trusted proxy wrote: whatever stands left of it anybody may have written', () => {
    expect(clientAddress(request('10.0.0.1', '1.1.1.1, 2.2.2.2, 203.0.113.9'), 1)).toBe('203.0.113.9');
    expect(clientAddress(request('10.0.0.1', '1.1.1.1, 203.0.113.9, 10.0.0.2'), 2)).toBe('203.0.113.9');
    expect(clientAddress(request('10.0.0.1', ['1.1.1.1', '203.0.113.9:4711']), 1)).toBe('203.0.113.9');
    expect(clientAddress(request('10.0.0.1', '[2001:db8::1]:443'), 1)).toBe('2001:db8::1');
  });

  it('falls back to the socket where the proxy wrote no address', () => {
    for (const rubbish of [undefined, '', 'unknown', '<script>', '1.1.1.1, x'])
      expect(clientAddress(request('10.0.0.1', rubbish), 1)).toBe('10.0.0.1');
  });

  it('counts an IPv6 customer as one, however many addresses they have', () => {
    expect(networkOf('203.0.113.9')).toBe('203.0.113.9');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::');
    expect(networkOf('2001:db8:1:2::9')).toBe('2001:db8:1:2::');
    expect(networkOf('2001:0DB8:0001:2::')).toBe('2001:db8:1:2::');
    expect(networkOf('::1')).toBe('0:0:0:0::');
    expect(networkOf('unknown')).toBe('unknown');
  });

  it('is stored truncated at most', () => {
    expect(truncateAddress('203.0.113.9')).toBe('203.0.113.0');
    expect(truncateAddress('2001:db8:1:2::9')).toBe('2001:db8:1::');
    expect(truncateAddress('unknown')).toBeUndefined();
  });
});
