export type { DetectOptions } from './detect-options.ts';
export { detectProject } from './detect-project.ts';
export { goConfigFolder, goModuleCache, goSettingsFile } from './go-environment.ts';
export { detectLicense } from './license.ts';
export { readFileStart } from './project-file.ts';
export { imageName } from './image-name.ts';
export type { LibraryWish, WrittenWish } from './wishes/library-wish.ts';
export { isSecondaryProgram } from './secondary-program.ts';
export type {
  BinaryProject,
  ConfigureScript,
  CProject,
  GoProject,
  Project,
  ProjectNote,
  RustProject,
  SourceProject,
} from './project.ts';
export {
  type BuildSettings,
  type NamedDependency,
  NO_PROJECT_SETTINGS,
  NO_SETTINGS,
  type ProjectSettings,
  settingsFor,
} from './build-settings.ts';
export { isLibraryName } from './wishes/library-wish.ts';
export { libraryWishes } from './wishes/library-wishes.ts';
export { MAKEFILES } from './makefiles.ts';
