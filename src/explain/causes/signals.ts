import { confirmed, OPEN, ruledOut } from '../../needs/index.ts';
import { causeRows, imageName, programPath } from '../cause-row.ts';

/** How programs end: signals, limits, their own decision. */
export const signalCauses = causeRows([
  {
    cause: 'out-of-memory',
    title: 'the kernel killed it: it used more memory than its limit',
    check: () => OPEN,
    command: () =>
      'docker inspect CONTAINER --format {{.State.OOMKilled}}  # kubectl describe pod: OOMKilled',
    fixes: () => [
      'raise the limit: docker run --memory, resources.limits.memory',
      'Go: set GOMEMLIMIT below the limit',
    ],
  },
  {
    cause: 'killed-after-stop',
    title: 'it did not end on SIGTERM, and was killed after the time for stopping',
    check: () => OPEN,
    command: () => 'docker inspect CONTAINER --format {{.State.FinishedAt}}',
    fixes: () => [
      'handle SIGTERM: as PID 1 a program ignores it unless it has a handler',
      'docker run --init',
      'STOPSIGNAL SIGINT, for programs that listen to that',
    ],
  },
  {
    cause: 'stopped',
    title:
      'it was stopped: SIGTERM is what docker stop and Kubernetes send, and this is the right answer to it',
    check: () => OPEN,
    command: () => 'kubectl describe pod POD  # Events: who stopped it',
    fixes: () => ['nothing, unless nobody stopped it'],
  },
  {
    cause: 'crash',
    title: 'the program has a fault of its own',
    check: () => OPEN,
    command: (context) => `docker run --cap-add SYS_PTRACE ${imageName(context)} gdb ${programPath(context)}`,
    fixes: () => ['run it with a core dump or a debugger on the build machine'],
  },
  {
    cause: 'abort',
    title:
      'it called abort(): a failed assertion, an uncaught C++ exception, a Rust panic with panic=abort, libgcc_s.so.1 not found',
    check: () => OPEN,
    command: () => 'docker logs CONTAINER  # the last line says why',
    fixes: () => [
      'read its last message; `libgcc_s.so.1 must be installed` and `locale::facet::_S_create_c_locale` have their own answers: `morsel explain TEXT`',
    ],
  },
  {
    cause: 'program-decided',
    title: 'the program ran and returned this code itself',
    check: ({ program }) => (program.kind === 'file' ? OPEN : ruledOut('there is no program to run')),
    command: () => 'docker logs CONTAINER; kubectl logs POD --previous',
    fixes: () => ['read its output; run it with its arguments on the build machine'],
  },
  {
    cause: 'exec-stack',
    title: 'a library asks for an executable stack, and glibc 2.41 refuses that after the start',
    check: ({ program }) => {
      const closure =
        program.kind === 'file' && program.content.kind === 'elf' ? program.content.closure : null;
      const library = closure?.libraries.find(({ facts }) => facts.executableStack);
      return library === undefined ? OPEN : confirmed(`${library.path} has an executable PT_GNU_STACK`);
    },
    notFatal: true,
    command: () => 'readelf -lW LIBRARY | grep GNU_STACK',
    fixes: () => [
      'patchelf --clear-execstack LIBRARY',
      'rebuild it: an assembler file lacks .note.GNU-stack',
    ],
  },
  {
    cause: 'clone3-refused',
    title: 'an old container runtime refuses clone3, which glibc 2.34 and later use to make threads',
    check: () => OPEN,
    command: () => 'docker version; docker run --security-opt seccomp=unconfined IMAGE  # works?',
    fixes: () => ['upgrade docker (20.10.10), containerd and libseccomp (2.5.4) on the host'],
  },
  {
    cause: 'image-pull',
    title: 'the image could not be pulled: a wrong name or tag, or missing credentials',
    check: () => OPEN,
    command: () => 'skopeo inspect docker://NAME:TAG',
    fixes: () => ['check name and tag', 'imagePullSecrets, docker login'],
  },
]);
