#!/usr/bin/env bash
# Writes constraints.txt: every package that `pip install .[dev]` brings, at the version it resolves to today.
#
#   scripts/update_constraints.sh                      newest releases that pyproject.toml admits
#   TORCH_INDEX=https://download.pytorch.org/whl/cpu   where to take PyTorch from (a CPU build serves)
#
# Run it with the oldest supported Python, so that the pins hold for the newer ones too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

torch=2.13.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${PYTHON:-python3}" -m venv "$work/venv"
python="$work/venv/bin/python"
echo "torch==$torch" >"$work/torch.txt"
"$python" -m pip install --quiet --upgrade pip setuptools
"$python" -m pip install --quiet ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} --no-deps "torch==$torch"
"$python" -m pip install --quiet --constraint "$work/torch.txt" editables '.[dev]'

{
  echo "# Every package that \`make install\` takes, pinned; written by scripts/update_constraints.sh, that is"
  echo "#   python -m venv V && V/bin/pip install torch==$torch && V/bin/pip install editables '.[dev]' && V/bin/pip freeze --all"
  echo "# without the project itself, local version labels such as +cpu, and PyTorch's accelerator packages."
  "$python" -m pip freeze --all --exclude rca-search |
    sed -E 's/^([A-Za-z0-9_.-]+==[^+ ]+)\+[A-Za-z0-9.]+$/\1/' |
    grep -viE '^(nvidia|cuda|triton)[-_a-z0-9]*==' |
    LC_ALL=C sort --ignore-case
} >"$work/constraints.txt"

if grep -nE ' @ |://' "$work/constraints.txt"; then
  echo "constraints.txt would name the places above; only versions belong there" >&2
  exit 1
fi
mv "$work/constraints.txt" constraints.txt
echo "constraints.txt: $(grep -c '==' constraints.txt) packages" >&2
