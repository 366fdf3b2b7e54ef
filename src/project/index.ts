export { detectProject } from './detect-project.ts';
export type { DetectOptions } from './detect-sources.ts';
export { detectLicense } from './license.ts';
export { imageName } from './image-name.ts';
export type { BinaryProject, ConfigureScript, CProject, GoProject, Project, RustProject } from './project.ts';
