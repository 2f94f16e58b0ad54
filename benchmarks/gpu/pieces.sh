#!/usr/bin/env bash
# Carries a wheel in pieces to a machine that reaches no package index: cut here, join there.
#   benchmarks/gpu/pieces.sh cut onnxruntime_gpu-*.whl FOLDER [56M]     (compressed by xz first: 244 MB become about half)
#   benchmarks/gpu/pieces.sh join FOLDER                                (checks it, unpacks it, and installs it without its dependencies)
set -euo pipefail
python=$(command -v python || command -v python3)
case "${1:-}" in
  cut)
    wheel=$2 folder=$3 size=${4:-56M}
    mkdir -p "$folder" && rm -f "$folder"/*.piece.*
    name=$(basename "$wheel")
    "$python" - "$wheel" "$folder/$name.tar.xz" <<'PYTHON'
import io, sys, tarfile, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, tarfile.open(sys.argv[2], "w:xz", preset=6) as pack:
    for item in wheel.infolist():  # a wheel's own compression would hide from xz what repeats
        member = tarfile.TarInfo(item.filename)
        member.size = item.file_size
        pack.addfile(member, io.BytesIO(wheel.read(item)))
PYTHON
    split -b "$size" -d "$folder/$name.tar.xz" "$folder/$name.piece."
    (cd "$folder" && sha256sum "$name.tar.xz" > "$name.sha256" && rm "$name.tar.xz" && ls -l)
    ;;
  join)
    cd "$2"
    for sum in *.sha256; do
      name=${sum%.sha256}
      cat "$name".piece.* > "$name.tar.xz"
      sha256sum -c "$sum"
      "$python" - "$name" <<'PYTHON'
import sys, tarfile, zipfile
name = sys.argv[1]
with tarfile.open(f"{name}.tar.xz") as pack, zipfile.ZipFile(name, "w", zipfile.ZIP_STORED) as wheel:
    for member in pack:
        wheel.writestr(member.name, pack.extractfile(member).read())
PYTHON
      "$python" -m pip install --no-deps --no-index "./$name"
    done
    ;;
  *) sed -n '2,5s/^# *//p' "$0"; exit 2 ;;
esac
