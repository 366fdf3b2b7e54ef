#!/usr/bin/env bash
# Makes the image TAG from this machine's own compilers, as no registry is needed then: gcc and its libraries as Debian's
# packages have them, the Go of PATH and rustup's stable toolchain. Usage: make-toolchain.sh DIR TAG DOCKER
set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd) tag=$2 docker=$3
root=$dir/root
rm -rf "$root" && mkdir -p "$root"/{tmp,root,usr/local/go,opt/rust/lib/rustlib}
packages=$(apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances gcc make libc6-dev dash coreutils | grep -E '^[a-z0-9]' | sort -u)
# What stands in /lib and its kind by its package's list is below /usr on a merged system.
for package in $packages; do dpkg -L "$package" 2>/dev/null || true; done | grep -vE '^/usr/share/(doc|man|locale|info)|^/\.$' |
  sed -E 's#^/(bin|sbin|lib|lib64)(/|$)#/usr/\1\2#; s#^/##' | sort -u | while read -r path; do
    if [ -e "/$path" ] || [ -L "/$path" ]; then printf '%s\n' "$path"; fi
  done >"$dir/list"
tar --no-recursion -C / -cf - -T "$dir/list" | tar -C "$root" -xf -
for link in bin sbin lib lib64; do ln -sfn "usr/$link" "$root/$link"; done
ln -sfn gcc "$root/usr/bin/cc" # update-alternatives has it
chmod 1777 "$root/tmp"
cp -a "$(go env GOROOT)"/{bin,pkg,src,VERSION,go.env} "$root/usr/local/go/"
rust=$(rustc --print sysroot)
cp -a "$rust/bin" "$root/opt/rust/"
cp -a "$rust"/lib/*.so* "$root/opt/rust/lib/"
cp -a "$rust/lib/rustlib/x86_64-unknown-linux-gnu" "$root/opt/rust/lib/rustlib/"
cat >"$dir/Dockerfile" <<D
FROM scratch
COPY root /
ENV PATH=/usr/local/go/bin:/opt/rust/bin:/usr/bin:/usr/sbin HOME=/root
D
printf '*\n!root\n' >"$dir/.dockerignore"
DOCKER_BUILDKIT=1 "$docker" build -q -t "$tag" "$dir"
