export { type CompleteGoOptions, completeGoProject } from './complete-go-project.ts';
export { planGo } from './plan-go.ts';
