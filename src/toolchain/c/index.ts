export { planC } from './plan-c.ts';
export { type CToolchain, toolchainsFor } from './c-toolchain.ts';
