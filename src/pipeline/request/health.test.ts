import { describe, expect, it } from 'vitest';
import { parseHealth } from './health.ts';

describe('parseHealth', () => {
  it('reads the words of HEALTHCHECK', () => {
    expect(parseHealth('http://:8080/healthz,interval=10s,timeout=2s,start-period=500ms,retries=5')).toEqual({
      url: 'http://:8080/healthz',
      intervalMs: 10_000,
      timeoutMs: 2000,
      startPeriodMs: 500,
      retries: 5,
    });
    expect(parseHealth('tcp://[::1]:5432')).toMatchObject({ url: 'tcp://[::1]:5432', retries: null });
    expect(parseHealth('http://localhost:80/a,b=c,retries=1')).toMatchObject({
      url: 'http://localhost:80/a,b=c',
    });
    expect(parseHealth(null)).toBeNull();
  });

  it.each([
    ['', /no address/],
    ['https://:443/', /no address/],
    ['http://example.org:80/', /resolves no names/],
    ['http://300.1.1.1:80/', /resolves no names/],
    ['http://[fe80::1%eth0]:80/', /resolves no names/],
    ['http://[::ffff:1.2.3.4]:80/', /resolves no names/],
    ['tcp://:0', /no port/],
    ['tcp://localhost', /no port/],
    ['tcp://:65536', /no port/],
    ['tcp://:80/x', /has no path/],
    ['http://:80/a b', /no address/],
    ['http://:80/a\r\nX: y', /no address/],
    ['http://:80/#x', /fragment/],
    [`http://:80/${'x'.repeat(2000)}`, /no address/],
    ['tcp://:1,interval=10', /not a time/],
    ['tcp://:1,interval=0s', /not a time/],
    ['tcp://:1,timeout=500ms', /whole seconds/],
    ['tcp://:1,retries=0', /not a number/],
    ['tcp://:1,retries=1,retries=2', /given twice/],
    ['tcp://:1,colour=red', /no address/],
  ])('refuses %j', (text, message) => {
    expect(() => parseHealth(text)).toThrow(message);
  });
});
