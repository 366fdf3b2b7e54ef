import { textFile, type Supplier } from './supply.ts';

const PASSWD = [
  { name: 'root', uid: 0, gid: 0, home: '/' },
  { name: 'nobody', uid: 65534, gid: 65534, home: '/' },
  { name: 'nonroot', uid: 65532, gid: 65532, home: '/' },
];

/**
 * /etc/passwd and /etc/group with the users of distroless. The home directory is `/`, what a runtime gives a uid
 * without an entry, so that adding the files changes nothing but that look-ups find something.
 */
export const supplyUsers: Supplier = (need, { user }) => {
  const known = PASSWD.some(({ uid }) => uid === user.uid);
  const users = known ? PASSWD : [...PASSWD, { name: 'app', uid: user.uid, gid: user.gid, home: '/' }];
  const passwd = users.map(
    ({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}:${name}:${home}:/sbin/nologin\n`,
  );
  const groups = users.filter(({ gid }, index) => users.findIndex((other) => other.gid === gid) === index);
  const group = groups.map(({ name, gid }) => `${name}:x:${gid}:\n`);
  return {
    entries: [textFile('/etc/passwd', passwd.join(''), need), textFile('/etc/group', group.join(''), need)],
  };
};
