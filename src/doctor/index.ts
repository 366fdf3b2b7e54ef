export { diagnose } from './diagnose.ts';
export type { DiagnoseOptions, DoctorReport, SandboxDiagnosis, ToolDiagnosis } from './diagnose.ts';
