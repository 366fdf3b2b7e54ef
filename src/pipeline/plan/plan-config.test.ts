import { describe, expect, it } from 'vitest';
import type { ElfFacts } from '../../elf/index.ts';
import { resolveRequest } from '../request/build-request.ts';
import { formatPlatform } from '../../oci/index.ts';
import { planAnnotations, planConfig, platformOf } from './plan-config.ts';

const project = {
  kind: 'c',
  name: 'hello',
  version: '1.2',
  license: 'MIT',
  directory: '/src',
} as Parameters<typeof resolveRequest>[2];

describe('planConfig', () => {
  const config = (options: Parameters<typeof resolveRequest>[0] = {}) =>
    planConfig(resolveRequest(options, {}, project).run, '/hello', { TZ: 'Europe/Berlin' });

  it('has no field that nobody asked for', () => {
    expect(config()).toEqual({
      User: '65532:65532',
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TZ=Europe/Berlin'],
      Entrypoint: ['/hello'],
    });
  });

  it('carries everything that was asked for under its name in the image specification', () => {
    const asked = config({
      labels: { team: 'a' },
      env: { PATH: '/bin', TZ: 'UTC', EMPTY: '' },
      expose: ['53/udp', '8080'],
      cmd: ['--help'],
      entrypoint: ['/other'],
      workdir: '/data',
      stopSignal: 'SIGINT',
      user: '7',
    });
    expect(asked).toEqual({
      User: '7:7',
      ExposedPorts: { '53/udp': {}, '8080/tcp': {} },
      Env: ['PATH=/bin', 'TZ=UTC', 'EMPTY='],
      Entrypoint: ['/other'],
      Cmd: ['--help'],
      WorkingDir: '/data',
      Labels: { team: 'a' },
      StopSignal: 'SIGINT',
    });
  });
});

describe('planAnnotations', () => {
  it('says what the project says of itself, under what the user says', () => {
    const annotations = { 'org.opencontainers.image.version': '2', own: 'x' };
    expect(planAnnotations(resolveRequest({ annotations }, {}, project))).toEqual({
      'org.opencontainers.image.title': 'hello',
      'org.opencontainers.image.version': '2',
      'org.opencontainers.image.licenses': 'MIT',
      own: 'x',
    });
  });
});

describe('platformOf', () => {
  it.each([
    ['x86_64', 'linux/amd64'],
    ['aarch64', 'linux/arm64'],
    ['arm', 'linux/arm/v7'],
    ['s390x', 'linux/s390x'],
  ] as const)('%s is %s', (machine, platform) => {
    expect(formatPlatform(platformOf({ machine } as ElfFacts))).toBe(platform);
  });
});
