#!/usr/bin/env bash
# All measurements of docs/gpu.md, the most important first; each adds its part to benchmarks/results/DEVICE-gpu.json,
# and at the end the tables are written beside it, DEVICE-gpu.md.
#   benchmarks/gpu/run.sh [cuda|tensorrt|cpu] [--peers FOLDER] [--tiny] [--out FOLDER]
# A part that fails is named at the end and does not stop the others.
set -uo pipefail
cd "$(dirname "$0")/../.."
device=${1:-cuda}
shift || true
python=$(command -v python || command -v python3)
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"
failed=()
part() {
  echo "== $1"
  "$python" "benchmarks/gpu/$1.py" --device "$device" "${@:2}" || failed+=("$1")
}
part correctness "$@"
part fused "$@"
part network "$@"
part floors "$@"
part levers "$@"
case " $* " in *" --peers "*) part peers "$@" ;; *) echo "== peers: not measured, no --peers FOLDER" ;; esac
if "$python" -c "import torch, sys; sys.exit(not (torch.cuda.is_available() or '$device' == 'cpu'))" 2>/dev/null; then
  part torch_reference "$@"
else
  echo "== torch_reference: not measured, no torch with CUDA here"
fi
part report "$@"
[ ${#failed[@]} = 0 ] || { echo "failed: ${failed[*]}"; exit 1; }
