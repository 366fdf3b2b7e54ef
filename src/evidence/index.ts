export {
  type CheckSummary,
  encodeEvidence,
  type Evidence,
  EVIDENCE_MEDIA_TYPE,
  type FoundNeed,
  type ImageFile,
  type ImageProgram,
  type LinkedLibrary,
  type ProofSummary,
  type RejectedRung,
} from './evidence.ts';
export { findEvidence } from './find-evidence.ts';
