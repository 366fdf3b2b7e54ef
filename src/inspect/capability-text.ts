/** By number: linux/capability.h. */
const NAMES = (
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service ' +
  'net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin ' +
  'sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override ' +
  'mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'
).split(' ');

/** struct vfs_cap_data: one word with the revision and the effective flag, then pairs of permitted and inheritable. */
const WORD_BYTES = 4;
const REVISION_MASK = 0xff00_0000;
const REVISION_1 = 0x0100_0000;
const REVISION_3 = 0x0300_0000;
const EFFECTIVE = 1;
/** Pairs of words of the revisions 2 and 3. */
const PAIRS = 2;
const PAIR_BYTES = 2 * WORD_BYTES;

/**
 * The attribute security.capability as getcap(8) prints it: `cap_net_admin,cap_net_raw=ep`. null where there is none;
 * `unreadable` for bytes that are no such attribute.
 */
export function capabilityText(attribute: Uint8Array | null): string | null {
  if (attribute === null) return null;
  const bytes = Buffer.from(attribute.buffer, attribute.byteOffset, attribute.byteLength);
  if (bytes.length < WORD_BYTES + PAIR_BYTES) return 'unreadable';
  const head = bytes.readUInt32LE(0);
  const revision = (head & REVISION_MASK) >>> 0;
  const pairs = revision === REVISION_1 ? 1 : PAIRS;
  const isKnown = revision >= REVISION_1 && revision <= REVISION_3;
  if (!isKnown || bytes.length < WORD_BYTES + pairs * PAIR_BYTES) return 'unreadable';
  const groups = groupByFlags(bytes, pairs, (head & EFFECTIVE) !== 0);
  return [...groups].map(([flags, names]) => `${names.join(',')}=${flags}`).join(' ') || '=';
}

function groupByFlags(bytes: Buffer, pairs: number, effective: boolean): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (let number = 0; number < pairs * 32; number += 1) {
    const pair = WORD_BYTES + (number >> 5) * PAIR_BYTES;
    const has = (offset: number): boolean => ((bytes.readUInt32LE(offset) >>> (number & 31)) & 1) === 1;
    const [permitted, inheritable] = [has(pair), has(pair + WORD_BYTES)];
    if (!permitted && !inheritable) continue;
    // The one flag stands for all that it has, as the kernel takes it.
    const flags = `${effective ? 'e' : ''}${inheritable ? 'i' : ''}${permitted ? 'p' : ''}`;
    const name = NAMES[number] === undefined ? String(number) : `cap_${NAMES[number]}`;
    groups.set(flags, [...(groups.get(flags) ?? []), name]);
  }
  return groups;
}
