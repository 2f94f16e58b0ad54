#!/bin/bash
# Fills cache/ with what run.sh boots: a Debian kernel, its v4l2loopback module, and a small first file system.
# Nothing is installed into the running system but packages, and only if one is missing.
# Exit code 77: this machine cannot have a guest (no apt, no packages, not amd64), which is no failure.
set -euo pipefail
cd "$(dirname "$0")"
cache=$PWD/cache
needed="qemu-system-x86 busybox-static cpio kmod gcc make xz-utils linux-headers-amd64 v4l-utils"

cannot() { echo "no guest on this machine: $*"; exit 77; }

[ "$(uname -m)" = x86_64 ] || cannot "it is not amd64"
if ! dpkg -s $needed >/dev/null 2>&1; then
    command -v apt-get >/dev/null || cannot "it has no apt"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || cannot "apt-get update failed"
    apt-get install -qq --no-install-recommends $needed >/dev/null || cannot "apt-get cannot install: $needed"
fi

# The kernel that the installed headers belong to; Debian's "cloud" kernels have no video drivers.
release=$(ls -d /usr/src/linux-headers-*-amd64 | grep -v cloud | sort -V | tail -1)
release=${release##*/linux-headers-}
made_of="$release $(cat setup.sh guest-init | cksum)"
if [ "$(cat "$cache/made_of" 2>/dev/null)" = "$made_of" ]; then
    exit 0
fi
rm -rf "$cache"
mkdir -p "$cache/files"
cd "$cache"
apt-get download -qq "linux-image-$release" v4l2loopback-dkms 2>/dev/null || cannot "the kernel cannot be fetched"
for package in *.deb; do dpkg-deb -x "$package" files; done
rm ./*.deb

# The kernel is unpacked here once: an emulated processor takes seconds for that, at every boot.
python3 - "files/boot/vmlinuz-$release" vmlinux <<'PY'
import lzma
import sys
from pathlib import Path

packed = Path(sys.argv[1]).read_bytes()
start = packed.index(b"\xfd7zXZ\x00")
Path(sys.argv[2]).write_bytes(lzma.LZMADecompressor().decompress(packed[start:]))
PY

# v4l2loopback is built against these headers; DKMS would build for the kernel that runs here.
modules=$cache/files/lib/modules/$release
make -s -C "/usr/src/linux-headers-$release" M="$(echo files/usr/src/v4l2loopback-* | sed "s|^|$cache/|")" modules >build.log 2>&1 ||
    { cat build.log; cannot "v4l2loopback does not build"; }
mkdir -p "$modules/updates"
cp files/usr/src/v4l2loopback-*/v4l2loopback.ko "$modules/updates/"
depmod -b files "$release"

# First file system: busybox, the drivers for the disks that are this machine's folders, and init.
mkdir -p first/bin first/drivers first/proc first/sys first/dev first/host first/layer first/root
cp "$(command -v busybox)" first/bin/
for driver in virtio_pci virtio_console 9pnet_virtio 9p overlay; do
    modprobe -d files -S "$release" --show-depends "$driver"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
    cp "$file" first/drivers/
    basename "$file"
done >first/drivers/order
install -m 755 ../guest-init first/init
(cd first && find . | cpio --quiet -o -H newc) >first.img
rm -rf first
echo "$made_of" >made_of
echo "guest ready: kernel $release, $(basename files/usr/src/v4l2loopback-*)"
