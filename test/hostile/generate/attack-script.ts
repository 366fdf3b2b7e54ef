import type { Dice } from './dice.ts';
import { EVIL_TEXT, type Targets } from './hostile-words.ts';

/** What an attack does, in order: lines for attack-program.ts. */
type Operation = (dice: Dice, targets: Targets) => string;

/** What morsel puts into a root or may look at again by name, and the root's own. */
const PLACES = '/etc /etc/hosts /etc/hostname /etc/resolv.conf /dev /dev/shm /dev/pts /proc /sys'.split(' ');
const OTHER_PLACES = '/tmp /w /w/leaf /w/leaf/deep /run /app /script /a /b /c /mnt . .. /'.split(' ');
const KERNEL =
  '/proc/sys /proc/irq /proc/bus /proc/fs /sys /proc/sysrq-trigger /proc/kcore /proc/sys/kernel'.split(' ');
const CALLS =
  'userfaultfd bpf perf io_uring unshare-user unshare-mount kexec init_module delete_module'.split(' ');
const MORE_CALLS = 'swapon acct quotactl iopl ioperm sethostname syslog handle fanotify lookup_dcookie'.split(
  ' ',
);
/** x86-64: what would block, fork, end this program before its script does, or write back every disk (sync, syncfs). */
const LEFT_OUT = new Set([
  0, 7, 15, 22, 23, 34, 35, 43, 56, 57, 58, 60, 61, 130, 162, 169, 202, 231, 232, 247, 281, 288, 306, 435,
]);

function place(dice: Dice): string {
  return dice.pick(dice.oneIn(2) ? PLACES : OTHER_PLACES);
}

function hostPath(dice: Dice, { victim }: Targets): string {
  const secret = `${victim}/${dice.pick(['secret', 'hosts', 'leaf', 'hostname'])}`;
  const ways = [secret, `/proc/1/root${secret}`, `/proc/self/root${secret}`, `/proc/self/cwd/../..${secret}`];
  const climbs = [
    `${'../'.repeat(20)}${secret.slice(1)}`,
    `/proc/self/fd/${dice.below(12)}/../..${secret}`,
    '/proc/1/environ',
  ];
  return dice.pick([
    ...ways,
    ...climbs,
    '/proc/self/environ',
    '/proc/1/cmdline',
    '/proc/self/mountinfo',
    '/proc/keys',
  ]);
}

const FILES: readonly Operation[] = [
  (dice) => `rename|${place(dice)}|${dice.pick(['/aside', '/etc', '/w', '/c', place(dice)])}`,
  (dice) => `swap|${place(dice)}|${place(dice)}`,
  (dice, targets) =>
    `symlink|${dice.pick([targets.victim, `${targets.victim}/leaf`, '/', '/proc/self/fd', '../../..'])}|${place(dice)}`,
  (dice, targets) => `symlink|${hostPath(dice, targets)}|${place(dice)}`,
  (dice) => `link|${place(dice)}|${place(dice)}`,
  (dice) => `${dice.pick(['mkdir', 'rmdir', 'unlink', 'fifo', 'mknod', 'chdir', 'chroot'])}|${place(dice)}`,
  (dice) => `chmod|${place(dice)}|${dice.pick(['0', '777', '4777', '1777', '111'])}`,
  (dice) => `chown|${place(dice)}|${dice.pick(['0', '65532', '-1', '1000'])}`,
  (dice) =>
    `write|${place(dice)}${dice.pick(['', '/x', '/.wh.x', '/..x'])}|${dice.pick(['x', 'root::0:0::/:/bin/sh', '#!/app'])}`,
  () => `write|/${EVIL_TEXT.replaceAll(/[\n|]/g, ' ')}|x`,
  (dice) => `deep|${place(dice)}|${dice.pick(['10', '200', '3000'])}`,
  (dice) => `many|${place(dice)}|${dice.pick(['10', '500', '5000'])}`,
  (dice) => `fill|${place(dice)}/x|${dice.pick(['1', '16', '70'])}`,
];

const REACH: readonly Operation[] = [
  (dice, targets) => `peek|${hostPath(dice, targets)}`,
  (dice, targets) => `poke|${hostPath(dice, targets)}`,
  (dice) =>
    `poke|${dice.pick(KERNEL)}${dice.pick(['', '/core_pattern', '/modprobe', '/default_smp_affinity', '/hostname'])}`,
  (dice) => `walk|${dice.pick(KERNEL)}|${dice.pick(['r', 'w'])}`,
  (dice) => `walk|${dice.pick(['/proc/self', '/proc/1', '/dev', '/', '/run'])}|r`,
  (dice) => `spy|${dice.pick(['1', '2', '0', '-1', '4194304'])}`,
  (dice) => `keys|${dice.pick(['read', 'add', 'clear', 'revoke', 'request'])}`,
  (dice) =>
    `mount|${dice.pick(['tmpfs', 'proc', 'bind', 'remount', 'move', 'umount', 'pivot'])}|${place(dice)}`,
  (dice) => `call|${dice.pick([...CALLS, ...MORE_CALLS])}`,
  (dice) => `socket|${dice.oneIn(3) ? 40 : dice.below(46)}|${1 + dice.below(5)}`,
  (dice) =>
    `connect|${dice.pick(['/var/run/docker.sock', '/run/dbus/system_bus_socket', '@/tmp/.X11-unix/X0', '/run/systemd/private'])}`,
  () => 'type',
  () => 'limits',
  (dice) => `identity|${dice.pick(['0', '65532', '-1', '1'])}`,
];

const LIFE: readonly Operation[] = [
  (dice) => `fork|${1 + dice.below(60)}`,
  (dice) => `daemon|${1 + dice.below(10)}`,
  (dice) => `kill|${dice.pick(['1', '-1', '2', '3'])}|${1 + dice.below(64)}`,
  () => 'deaf',
  () => 'again',
  () => 'evil',
  () => 'close',
  (dice) => `print|${dice.pick(['1', '8'])}`,
  (dice) => `crash|${dice.pick(['6', '11', '9', '31'])}`,
  (dice) => `exit|${dice.below(256)}`,
];

function anyCall(dice: Dice): string {
  const number = dice.below(462);
  return LEFT_OUT.has(number) ? 'evil' : `any|${number}`;
}

export function attackScript(dice: Dice, targets: Targets): string {
  const lines = dice.several(3, 25, () => {
    if (dice.oneIn(6)) return anyCall(dice);
    return dice.pick(dice.oneIn(5) ? LIFE : dice.oneIn(2) ? FILES : REACH)(dice, targets);
  });
  return `${lines.join('\n')}\n`;
}
