import { expect, it } from 'vitest';
import { groupText, passwdText } from './machine-users.ts';

const USER = { uid: 65532, gid: 65532, name: 'nonroot', home: '/' };

it("has system accounts and the image's user, and nobody's name", () => {
  const machine = [
    'root:x:0:0:root:/root:/bin/bash',
    'www-data:x:33:33:www:/var/www:/usr/sbin/nologin',
    'alice:x:1000:1000:Alice Adams,,,:/home/alice:/bin/bash',
    'nonroot:x:999:999::/home/nonroot:/bin/sh',
    'other:x:65532:1::/:/bin/sh',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    'broken',
    '',
  ].join('\n');
  expect(passwdText(machine, USER, 'system').split('\n')).toEqual([
    'root:x:0:0:root:/:/sbin/nologin',
    'www-data:x:33:33:www:/var/www:/usr/sbin/nologin',
    'nobody:x:65534:65534:nobody:/:/sbin/nologin',
    'nonroot:x:65532:65532:nonroot:/:/sbin/nologin',
    '',
  ]);
});

it('has for an image only what is alike on every machine', () => {
  const machine =
    'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/x\nredis:x:104:110::/:/x\nnobody:x:65534:65534::/:/x\n';
  expect(passwdText(machine, USER, 'static').match(/^[^:]+/gm)).toEqual([
    'root',
    'www-data',
    'nobody',
    'nonroot',
  ]);
});

it('has groups without those who are in them', () => {
  const machine = 'root:x:0:\nsudo:x:27:alice,bob\nalice:x:1000:\n';
  expect(groupText(machine, USER, 'system')).toBe('root:x:0:\nsudo:x:27:\nnonroot:x:65532:\n');
  expect(groupText(machine, { ...USER, name: 'root', uid: 0, gid: 0 }, 'system')).toBe(
    'sudo:x:27:\nroot:x:0:\n',
  );
});
