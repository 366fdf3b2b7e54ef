import { isAbsolute, relative } from 'node:path';
import { type Command, formatCommand } from '../../core/command.ts';
import type { BuildResult, LoadedImage } from '../../index.ts';
import { firm, type Text, text } from './text.ts';

/** Where somebody reads a report. */
export interface ReportPlace {
  /** Their current folder. */
  readonly directory: string;
  /** Of this machine, in OCI's words. */
  readonly architecture: string;
}

/** As it is typed from there: what is below the current folder by its relative path. */
export function pathFrom(directory: string, path: string): string {
  const below = relative(directory, path);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below;
}

/** What to do with an image: to run it, to bring it to a registry, and for a server, to have it checked. */
export function nextLines(
  result: BuildResult,
  loaded: LoadedImage | null,
  place: ReportPlace,
): readonly Text[] {
  return [
    ...checkLines(result),
    ...runLines(result, loaded, place),
    ...pushLines(result, loaded, place),
    ...debugLines(result, place),
  ];
}

/** A server that was only started: a check that asks it, ready for morsel.json. */
function checkLines({ proof }: BuildResult): readonly Text[] {
  const [first] = proof.checks;
  const listens = proof.checks.length === 1 && first?.strength === 'start' ? first.listens : null;
  if (listens === null) return [];
  const check = { name: 'answers', http: { url: `http://${hostIn(listens.address)}:${listens.port}/` } };
  return [text`  to prove that it answers, in morsel.json: ${firm(JSON.stringify({ checks: [check] }))}`];
}

/** Checks ask from within the container: any address is reached by the loopback. */
const hostIn = (address: string | null): string => (address === '::1' ? '[::1]' : '127.0.0.1');

const isLoopback = (address: string | null): boolean =>
  address !== null && (address === '::1' || address.startsWith('127.'));

function runLines(result: BuildResult, loaded: LoadedImage | null, place: ReportPlace): readonly Text[] {
  const { image, proof } = result;
  const ports = [...new Set(proof.checks.flatMap(({ listens }) => (listens === null ? [] : [listens.port])))];
  const isHidden = proof.checks.some(({ listens }) => listens !== null && isLoopback(listens.address));
  const run = command(loaded?.engine ?? 'docker', [
    'run',
    '--rm',
    ...platformOf(result, place),
    ...(isHidden ? [] : ports.flatMap((port) => ['-p', `${port}:${port}`])),
    nameOf(result),
  ]);
  const hidden = isHidden
    ? [text`  it listens on the loopback alone: from outside of its container nobody reaches it`]
    : [];
  if (loaded !== null) return [...hidden, text`  loaded into ${loaded.engine}; run it: ${firm(run)}`];
  if (image.path === '-') return [...hidden, text`  run it where it was read: ${firm(run)}`];
  if (image.kind !== 'archive') return hidden;
  const load = command('docker', ['load', '-i', pathFrom(place.directory, image.path)]);
  return [...hidden, text`  run it: ${firm(`${load} && ${run}`)}`];
}

/** How somebody gets in. A target's name is the cluster's to say. */
function debugLines(result: BuildResult, place: ReportPlace): readonly Text[] {
  const { debugTwin, image } = result;
  const [reference] = debugTwin?.references ?? [];
  if (debugTwin === null || reference === undefined) return [];
  const path = pathFrom(place.directory, debugTwin.path);
  const load =
    image.kind === 'archive'
      ? command('docker', ['load', '-i', path])
      : command('morsel', ['copy', `oci:${path}:${reference}`, `docker-daemon:${reference}`]);
  const shell = ['--entrypoint', '/busybox/sh', reference];
  const run = command('docker', ['run', '--rm', '-it', ...platformOf(result, place), ...shell]);
  const attach = command('kubectl', ['debug', '-it', 'POD', `--image=${reference}`, '--target=CONTAINER']);
  return [
    text`  debug it: ${firm(`${load} && ${run}`)}`,
    text`  debug a pod, once it is pushed: ${firm(`${attach} -- /busybox/sh`)}`,
  ];
}

/** Engines take an image of another machine only when they are told so. */
function platformOf({ platform }: BuildResult, { architecture }: ReportPlace): readonly string[] {
  const names = platform.split(',');
  const [first = ''] = names;
  return names.some((name) => name.split('/')[1] === architecture) ? [] : ['--platform', first];
}

function pushLines(
  { image, references }: BuildResult,
  loaded: LoadedImage | null,
  place: ReportPlace,
): readonly Text[] {
  const path = pathFrom(place.directory, image.path);
  if (image.kind !== 'archive') {
    const copies = references.map((reference) => {
      const target = isPushable(reference) ? withRegistry(reference) : `docker-daemon:${reference}`;
      return command('morsel', ['copy', `oci:${path}:${reference}`, target]);
    });
    return copies.map((copy) => text`  copy it: ${firm(copy)}`);
  }
  return references.filter(isPushable).map((reference) => {
    const push =
      image.path === '-'
        ? command(loaded?.engine ?? 'docker', ['push', reference])
        : command('morsel', ['push', path, withRegistry(reference)]);
    return text`  push it: ${firm(push)}`;
  });
}

/** Docker Hub's names have none, and `morsel push` wants to be told that it is meant. */
const withRegistry = (reference: string): string =>
  /^(?:localhost|[^/]*[.:][^/]*)\//.test(reference) ? reference : `docker.io/${reference}`;

/** A name alone is one of Docker's own images, to which nobody else may write. */
const isPushable = (reference: string): boolean => reference.includes('/');

/** The name as it was asked for: with its tag where it has another than `latest`. */
function nameOf({ reference }: BuildResult): string {
  return reference.replace(/@sha256:.*$/, '');
}

function command(program: string, args: readonly string[]): string {
  return formatCommand({ program, args, purpose: '' } satisfies Command);
}
