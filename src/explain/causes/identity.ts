import { confirmed, OPEN, ruledOut } from '../../needs/index.ts';
import { causeRows, programFile, showConfig } from '../cause-row.ts';

/** Who the program runs as, and what it may do. */
export const identityCauses = causeRows([
  {
    cause: 'user-not-in-passwd',
    title: 'USER is a name, and the image’s /etc/passwd does not have it',
    check: ({ user, tree }) => {
      if (!user.byName) return ruledOut(`the user is ${user.text === '' ? 'not set' : user.text}, a number`);
      if (user.uid !== null) return ruledOut(`${user.text} is uid ${user.uid} in /etc/passwd`);
      return confirmed(
        `USER is ${user.text}, and ${tree.open('/etc/passwd') === null ? 'there is no /etc/passwd' : '/etc/passwd does not name it'}`,
      );
    },
    command: (context) => `${showConfig(context)}  # User`,
    fixes: () => [
      'set a number: USER 65532:65532, or `morsel build PROJECT --user 65532:65532`',
      'add /etc/passwd with a line for the name',
    ],
  },
  {
    cause: 'group-not-in-group',
    title: 'the group in USER is a name, and the image’s /etc/group does not have it',
    check: ({ user }) =>
      /:\D/.test(user.text) && user.gid === null
        ? confirmed(`USER is ${user.text}, and /etc/group does not name that group`)
        : ruledOut('the group is a number, found, or not set'),
    command: (context) => `${showConfig(context)}  # User`,
    fixes: () => ['set numbers: USER 65532:65532', 'add /etc/group with a line for the name'],
  },
  {
    cause: 'non-numeric-user',
    title: 'Kubernetes cannot tell that a user given by name is not root',
    check: ({ user }) =>
      user.byName
        ? confirmed(`USER is ${user.text}, a name`)
        : ruledOut(`USER is ${user.text === '' ? 'not set (root)' : user.text}`),
    notFatal: true,
    command: (context) => `${showConfig(context)}  # User`,
    fixes: () => [
      'set a number in the image: USER 65532:65532',
      'or in the pod: securityContext.runAsUser: 65532',
    ],
  },
  {
    cause: 'runs-as-root',
    title: 'the image runs as root, and runAsNonRoot forbids it',
    check: ({ user }) =>
      user.uid === 0
        ? confirmed(user.text === '' ? 'USER is not set' : `USER is ${user.text}`)
        : ruledOut(`USER is ${user.text}`),
    notFatal: true,
    command: (context) => `${showConfig(context)}  # User`,
    fixes: () => ['USER 65532:65532 in the image', 'or in the pod: securityContext.runAsUser: 65532'],
  },
  {
    cause: 'capability-missing',
    title: 'the program may not do this as an ordinary user: a port below 1024, raw sockets, changing owners',
    check: () => OPEN,
    command: (context) => `getcap ${programFile(context)}`,
    fixes: () => [
      'listen on a port above 1023',
      'docker run --cap-add NET_BIND_SERVICE',
      'docker run --sysctl net.ipv4.ip_unprivileged_port_start=0',
    ],
  },
  {
    cause: 'foreign-owner',
    title: 'the files of the volume belong to another user than the one that the image runs as',
    check: () => OPEN,
    notFatal: true,
    command: () => 'ls -ldn VOLUME  # its owner; compare with: docker run IMAGE id',
    fixes: ({ values }) => [
      `allow that folder: git config --global --add safe.directory ${values['folder'] ?? 'FOLDER'}`,
      'run as the owner of the volume: docker run --user UID:GID',
      'without a place for ~/.gitconfig: GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*',
    ],
  },
  {
    cause: 'file-permission',
    title: ({ values }) =>
      `the user that the image runs as may not open, make or change ${values['file'] ?? 'a file of it'}`,
    check: ({ user }) => (user.uid === 0 ? ruledOut('it runs as root, whom no mode refuses anything') : OPEN),
    notFatal: true,
    command: (context) => `${showConfig(context)}  # User; compare with the owner of the folder: ls -ldn`,
    fixes: () => [
      'a place that is made for the user: `morsel build PROGRAM --workdir /data`',
      'in a Dockerfile: COPY --chown=65532:65532, or RUN chown before USER',
      'of a volume: docker run --user UID:GID with the owner of the folder, or chown it on the host',
    ],
  },
  {
    cause: 'address-in-use',
    title: 'another process has this port already, in the same network namespace',
    check: () => OPEN,
    notFatal: true,
    command: () => 'ss -ltnp  # on the host with --network host; in a pod: each container of it',
    fixes: () => [
      'end the other one, or give one of the two another port',
      'containers of one pod share their ports, and so does all that docker run --network host starts',
      'a program that starts itself twice (a supervisor and its child) is one of the two',
    ],
  },
  {
    cause: 'noexec-mount',
    title: 'the program lies on a volume that is mounted noexec',
    check: () => OPEN,
    command: () => 'docker inspect CONTAINER  # Mounts, Tmpfs: /tmp is noexec by default',
    fixes: () => ['keep the program in the image, not in a volume', 'docker run --tmpfs /tmp:exec'],
  },
  {
    cause: 'security-policy',
    title: 'seccomp, AppArmor or SELinux refuses it',
    check: () => OPEN,
    command: () =>
      'dmesg | tail  # audit: … DENIED; compare with docker run --security-opt seccomp=unconfined',
    fixes: () => [
      'upgrade docker, containerd and libseccomp of the host: old ones refuse clone3, which glibc 2.34 uses for threads',
      'mount volumes with :z on SELinux systems',
    ],
  },
]);
