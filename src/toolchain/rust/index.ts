export { planRust } from './plan-rust.ts';
