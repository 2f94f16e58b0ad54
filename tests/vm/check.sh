#!/bin/bash
# check.sh [CHECK...]: live-seg on real video devices, in an emulated machine; every check, or those named.
# Prints what held, a verdict for each check, and exits 0 if all held, 1 if not, 77 if there can be no guest here.
# PYTHON= names the interpreter that has live-seg; otherwise the checkout's .venv, or python3. Neither it nor this
# folder may lie under /tmp or /run: the guest has its own.
set -u
cd "$(dirname "$0")"
here=$PWD
case $here in
    /tmp/* | /run/*) echo "no guest here: it has a /tmp and a /run of its own, and would not see $here"; exit 77 ;;
esac
checks=("$@")
[ $# -gt 0 ] || checks=(call devices cameras webcam)

python=${PYTHON:-}
for candidate in "$here/../../.venv/bin/python" "$(command -v python3)"; do
    [ -n "$python" ] || ! "$candidate" -c "import live_seg, cv2, pyvirtualcam" 2>/dev/null || python=$candidate
done
[ -n "$python" ] || { echo "no Python here has live-seg; name one: PYTHON=... $0"; exit 1; }

./setup.sh || exit
if [[ " ${checks[*]} " == *" call "* ]] && ! command -v chromium >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium >/dev/null ||
        { echo "no guest on this machine: apt-get cannot install chromium"; exit 77; }
fi

check() {
    local start=$SECONDS code
    EXCHANGE=out/$1 LIMIT=${LIMIT:-280} ./run.sh "$(printf '%q' "$python") checks/$1.py" >"out/$1.log" 2>&1
    code=$?
    cat "out/$1.log"
    if [ $code = 0 ]; then echo "ok   $1 ($((SECONDS - start)) s)"; else echo "FAIL $1 (exit code $code)"; fi
    return $code
}

# Two guests at a time: each mostly waits for one of its processors. The first check is by far the longest.
mkdir -p out
check "${checks[0]}" >out/first 2>&1 &
failed=0
for name in "${checks[@]:1}"; do check "$name" || failed=1; done
wait $! || failed=1
cat out/first
exit $failed
