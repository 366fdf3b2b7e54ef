import { caCertificates } from './ca-certificates.ts';
import { dlopenedLibraries } from './dlopened-libraries.ts';
import { driverLibraries } from './driver-libraries.ts';
import { fonts } from './fonts.ts';
import { gioModules } from './gio-modules.ts';
import { gsettingsSchemas } from './gsettings-schemas.ts';
import { home } from './home.ts';
import { iconv } from './iconv.ts';
import { icu } from './icu.ts';
import { init } from './init.ts';
import { interpreterLibraries } from './interpreter-libraries.ts';
import { libgccS } from './libgcc-s.ts';
import { locale } from './locale.ts';
import { magic } from './magic.ts';
import { mimeTypes } from './mime-types.ts';
import { nameResolution } from './name-resolution.ts';
import { nssModules } from './nss-modules.ts';
import { opensslConfiguration } from './openssl-configuration.ts';
import { opensslLegacyProvider } from './openssl-legacy-provider.ts';
import { pam } from './pam.ts';
import { payload } from './payload.ts';
import { plugins } from './plugins.ts';
import { proc } from './proc.ts';
import { programs } from './programs.ts';
import { services } from './services.ts';
import { sharedMemory } from './shared-memory.ts';
import { shell } from './shell.ts';
import { signalHandler } from './signal-handler.ts';
import { stateDirectories } from './state-directories.ts';
import { terminfo } from './terminfo.ts';
import { threadStack } from './thread-stack.ts';
import { timeZones } from './time-zones.ts';
import { tmp } from './tmp.ts';
import { users } from './users.ts';

/**
 * Every need that morsel knows. The order is that in which `explain` offers their causes for a text that has the words
 * of several; findings are ordered by how sure they are.
 */
export const NEED_FAMILIES = [
  caCertificates,
  timeZones,
  users,
  tmp,
  locale,
  nameResolution,
  terminfo,
  nssModules,
  services,
  opensslLegacyProvider,
  opensslConfiguration,
  iconv,
  libgccS,
  dlopenedLibraries,
  driverLibraries,
  payload,
  plugins,
  shell,
  programs,
  magic,
  mimeTypes,
  fonts,
  gsettingsSchemas,
  gioModules,
  pam,
  icu,
  interpreterLibraries,
  stateDirectories,
  signalHandler,
  init,
  home,
  proc,
  sharedMemory,
  threadStack,
] as const;

/** The name of a need. More may come. */
export type NeedKey = (typeof NEED_FAMILIES)[number]['need'];

/** The causes that families give to `explain`. */
export type LackCauseName = NonNullable<(typeof NEED_FAMILIES)[number]['causes']>[number]['cause'];
