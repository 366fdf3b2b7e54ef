import type { Closure, LeftOutLibrary } from './closure.ts';

/**
 * Libraries of a driver, which fit the kernel module of one machine and which a runtime gives to a container when it
 * starts: packed, they would be those of the build machine. Sources: libnvidia-container's src/nvc_info.c and Apptainer's
 * etc/nvliblist.conf (NVIDIA), WSL's /usr/lib/wsl/lib, NVIDIA Container Toolkit's CSV files for Jetson, Ascend Docker
 * Runtime's base.list, Cambricon's and Arm's drivers of the kernel's own kind. Mesa, ROCm and Level Zero speak to kernels of
 * any version, and belong into an image.
 */
const NAMES: readonly RegExp[] = [
  /^libcuda(?:debugger)?\.so/,
  /^libnvidia-(?!container)[\w-]+\.so/,
  /^libnvcuvid\.so/,
  /^libnvoptix\.so/,
  /^lib(?:GLX|EGL|GLESv1_CM|GLESv2|vdpau)_nvidia\.so/,
  /^libdxcore\.so/,
  /^libd3d12(?:core)?\.so/,
  /^libnvrm_\w+\.so/,
  /^lib[mM]ali(?:[-_.][\w-]*)?\.so/,
  /^libascend_hal\.so/,
  /^libcn(?:drv|dev)\.so/,
];

/** Where a vendor's own libGL, libEGL and the like lie. */
const DIRECTORIES = /\/(?:nvidia(?:-[\w.]+)?|tegra(?:-egl)?|wsl\/lib|ascend\/driver)\//;

/** Whether a loader's name, or the file that answers it, is of a driver. */
export function isDriverLibrary(name: string, path: string | null = null): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return NAMES.some((pattern) => pattern.test(base)) || (path !== null && DIRECTORIES.test(path));
}

/** The drivers' libraries that a program asks for by DT_NEEDED, whether its closure has them, lacks them or left them out. */
export function driverLibraries(closure: Closure): readonly LeftOutLibrary[] {
  const asked = [
    ...closure.leftOut,
    ...closure.libraries
      .filter(({ name, path }) => isDriverLibrary(name, path))
      .map(({ name, neededBy, path }) => ({ name, neededBy, path })),
    ...closure.missing
      .filter(({ name }) => isDriverLibrary(name))
      .map(({ name, neededBy }) => ({ name, neededBy, path: null })),
  ];
  return asked.filter(({ name }, index) => asked.findIndex((other) => other.name === name) === index);
}
