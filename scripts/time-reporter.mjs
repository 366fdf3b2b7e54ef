/** A vitest reporter: where the time of a run went, by project and by file. Files run side by side, so that the sum is longer. */

/** @typedef {{ project: string, file: string, ms: number }} Timed */

const SLOWEST = 20;

export default class TimeReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const timed = modules.map(timeOf);
    if (timed.length > 1) process.stderr.write(formatTimes(timed));
  }
}

/** @param {import('vitest/node').TestModule} module @returns {Timed} */
function timeOf(module) {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return {
    project: module.project.name,
    file: module.relativeModuleId,
    ms: collectDuration + setupDuration + duration,
  };
}

/** @param {readonly Timed[]} timed */
export function formatTimes(timed) {
  const slowest = [...timed].sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  const projects = [...new Set(timed.map(({ project }) => project))]
    .map((project) => ({ project, of: timed.filter((one) => one.project === project) }))
    .map(({ project, of }) => ({ project, files: of.length, ms: sumOf(of) }))
    .sort((a, b) => b.ms - a.ms);
  return [
    '\nwhere the time went (seconds of all files, loading included)',
    ...slowest.map(({ file, ms }) => `${formatSeconds(ms)}  ${file}`),
    ...projects.map(({ project, files, ms }) => `${formatSeconds(ms)}  all ${files} files of ${project}`),
    `${formatSeconds(sumOf(timed))}  all ${timed.length} files\n`,
  ].join('\n');
}

/** @param {readonly Timed[]} timed */
function sumOf(timed) {
  return timed.reduce((sum, { ms }) => sum + ms, 0);
}

/** @param {number} ms */
function formatSeconds(ms) {
  return (ms / 1000).toFixed(1).padStart(8);
}
