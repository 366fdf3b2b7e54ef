export { planC } from './plan-c.ts';
