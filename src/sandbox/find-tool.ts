export { findTool, toolPath } from '../core/find-tool.ts';
