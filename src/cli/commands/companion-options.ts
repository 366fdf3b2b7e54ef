import { type Command, Option } from 'commander';
import { type Allocator, ALLOCATORS } from '../../core/choices.ts';
import type { BuildOptions } from '../../index.ts';
import { collect, parseInteger, parseList } from './options.ts';

/** Of `build`: what stands beside the program, in its image or in another. */
export interface CompanionFlags {
  readonly volume?: readonly string[];
  readonly init?: boolean;
  readonly health?: string;
  readonly stackSize?: number;
  readonly allocator?: Allocator;
  readonly debugTwin?: boolean;
  readonly debugTools?: readonly string[];
}

export function companionOptions(command: Command): Command {
  return command
    .option(
      '--volume <path>',
      'directory kept outside of the container, made for the user; repeatable',
      collect,
    )
    .option('--init', 'put a small init before the program: it hands signals on and waits for orphans')
    .option(
      '--health <url>',
      'HEALTHCHECK by a small probe: http://:8080/healthz or tcp://:5432[,interval=30s,timeout=5s,start-period=0s,retries=3]',
    )
    .option(
      '--stack-size <bytes>',
      'stack of threads on musl (default: 8388608, as with glibc)',
      parseInteger,
    )
    .addOption(new Option('--allocator <name>', 'malloc of C and C++ programs on musl').choices(ALLOCATORS))
    .option('--debug-twin', 'also write NAME-debug: the same layers, and one more with busybox')
    .option('--debug-tools <names>', 'programs of this machine for the twin, such as strace,gdb', parseList);
}

export function companionSettings(flags: CompanionFlags): Partial<BuildOptions> {
  return {
    volumes: flags.volume,
    init: flags.init,
    health: flags.health,
    stackSize: flags.stackSize,
    allocator: flags.allocator,
    debugTwin: flags.debugTwin,
    debugTools: flags.debugTools,
  };
}
