#!/bin/bash
# run.sh COMMAND: runs it by bash in a guest, in this folder, prints what it prints, and exits as it exits.
# The guest loads no module by itself. LIMIT=seconds (default 240) ends it with exit code 124. exchange/ (or
# EXCHANGE=folder, one for each guest at a time) is /exchange in the guest; all else that it writes is lost.
set -u
cd "$(dirname "$0")"
exchange=${EXCHANGE:-out}
mkdir -p "$exchange"
rm -f "$exchange/code"
pwd >"$exchange/here"
printf 'cd %q\n%s\n' "$PWD" "$1" >"$exchange/command"

# Without xsave, and so without AVX: this emulator mixes up AVX registers when processes take turns, and they crash.
timeout -k 5 "${LIMIT:-240}" qemu-system-x86_64 \
    -machine pc -accel tcg,thread=multi,tb-size=512 -cpu max,la57=off,xsave=off -smp 2 -m "${MEMORY:-3G}" \
    -nodefaults -no-user-config -no-reboot -display none \
    -kernel cache/vmlinux -initrd cache/first.img \
    -append "console=ttyS0 quiet panic=-1 nokaslr mitigations=off tsc=reliable no_timer_check random.trust_cpu=on" \
    -serial "file:$exchange/console" \
    -device virtio-serial-pci -chardev stdio,id=terminal,signal=off -device virtconsole,chardev=terminal \
    -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
    -device virtio-9p-pci,fsdev=host,mount_tag=host \
    -fsdev "local,id=exchange,path=$exchange,security_model=none" \
    -device virtio-9p-pci,fsdev=exchange,mount_tag=exchange </dev/null
code=$?
if [ -s "$exchange/code" ]; then
    exit "$(cat "$exchange/code")"
fi
if [ $code != 124 ]; then
    echo "the guest ended without an answer; the end of its console:"
    tail -20 "$exchange/console"
fi
exit $code
