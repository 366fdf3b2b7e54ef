export { DF, DF_1 } from './dynamic-section.ts';
export { isElf } from './elf-header.ts';
export { ElfFile, openElf } from './elf-file.ts';
export type { ByteRange } from './program-headers.ts';
export { type ElfDefect, findDefect } from './defect.ts';
export { type DlopenNote, type DlopenPriority, readDlopenNotes } from './dlopen-notes.ts';
export { type Payload, type PayloadKind, PYINSTALLER_COOKIE } from './payload.ts';
export { loaderCpuLevel } from './loader-cpu-level.ts';
export { foreignSystem } from './foreign-system.ts';
export type { ElfFacts, ElfLinkage, GoBuildInfo, Language, Libc, LinkKind, VersionNeed } from './facts.ts';
export { factsOf, readElf, readElfLinkage } from './read-elf.ts';
export { linkageOf } from './linkage.ts';
export {
  type ExportedSymbol,
  exportedSymbols,
  exportsAll,
  type ImportedSymbol,
  importedSymbols,
} from './dynamic-symbols.ts';
export { hasSymbolTable, symbolTableFunctions, undefinedSymbols } from './symbols.ts';
export { cStringsWith, eachConstant, type FoundCString, textsFrom } from './c-strings.ts';
export { type FindStringsOptions, findStrings, stringAround } from './find-strings.ts';
export {
  compareDotted,
  glibcVersionOf,
  readVersionDefinitions,
  readVersionNeeds,
  versionNeedOf,
} from './symbol-versions.ts';
export { type GlibcNeed, glibcNeeds } from './glibc-needs.ts';
export { goFunctionNames } from './go-function-names.ts';
export { planStackSize } from './plan-stack-size.ts';
export { planSectionDrop, type SectionDropPlan, sectionlessView } from './drop-section-headers.ts';
export { type Hardening, type HardeningAnswer, hardeningOf } from './hardening.ts';
export { countBindings } from './relocations.ts';
