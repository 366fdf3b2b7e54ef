export { diagnose } from './diagnose.ts';
export type { DoctorReport, SandboxDiagnosis, ToolDiagnosis } from './diagnose.ts';
