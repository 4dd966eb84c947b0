#!/usr/bin/env bash
# Makes the virtual environment and installs the project in it, pinned by constraints.txt.
#
#   PYTHON=python3      interpreter to start from, 3.11 or newer
#   VENV=.venv          where the environment goes
#   TORCH_INDEX=URL     package index for PyTorch alone, such as https://download.pytorch.org/whl/cpu
#   EXTRAS=dev          extras to install; empty for none
#
# Does nothing when the environment is complete and nothing it was made from has changed. An environment
# that an interrupted run left behind, that was moved, or whose interpreter is gone, is made anew.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}
EXTRAS=${EXTRAS-dev}
stamp="$VENV/.installed"
place="$VENV/.place"
unfinished="$VENV/.unfinished"

fail() {
  printf 'rca-search: %s\n' "$@" >&2
  exit 1
}

# What the environment was made from.
fingerprint() {
  printf '%s\n' "$PWD" "$EXTRAS" "$("$VENV/bin/python" -c 'import sys; print(sys.version)')"
  cat pyproject.toml constraints.txt scripts/install.sh
}

# An environment cannot be moved: its programs name the interpreter by its full path.
usable() {
  [ -x "$VENV/bin/python" ] && [ ! -e "$unfinished" ] &&
    { [ ! -e "$place" ] || [ "$(cat "$place")" = "$(cd "$VENV" && pwd -P)" ]; } &&
    "$VENV/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)' \
      >/dev/null 2>&1 &&
    "$VENV/bin/python" -m pip --version >/dev/null 2>&1
}

if usable && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint | cksum)" ]; then
  exit 0
fi

command -v "$PYTHON" >/dev/null ||
  fail "no '$PYTHON' on the PATH. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3.11"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$PYTHON" --version 2>&1) is too old: Python 3.11 or newer is needed. Name one: make PYTHON=python3.11"

if ! usable; then
  if [ -e "$VENV" ]; then
    [ -f "$VENV/pyvenv.cfg" ] || [ -e "$unfinished" ] || [ -z "$(ls -A "$VENV" 2>/dev/null)" ] ||
      fail "'$VENV' is there and is no virtual environment. Move it away, or name another: make VENV=/path"
    echo "rca-search: $VENV is incomplete or was moved, making it anew" >&2
    rm -rf "$VENV"
  fi
  mkdir -p "$VENV" && touch "$unfinished"
  if "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
    "$PYTHON" -m venv "$VENV"
  elif "$PYTHON" -c 'import virtualenv' 2>/dev/null; then
    "$PYTHON" -m virtualenv --quiet "$VENV"
  else
    fail "$PYTHON cannot make virtual environments: its 'venv' module is missing." \
      "On Debian and Ubuntu: apt-get install python3-venv. Elsewhere: $PYTHON -m pip install virtualenv."
  fi
fi

# The marker goes when everything is in place; a run that is killed leaves it.
touch "$unfinished"
rm -f "$stamp"
python="$VENV/bin/python"
quiet=
[ -t 2 ] || quiet=--quiet
pip() { "$python" -m pip --disable-pip-version-check "$@"; }

echo "rca-search: installing into $VENV (once; PyTorch is most of it)" >&2
pip install ${quiet:+"$quiet"} --constraint constraints.txt --upgrade pip
pip install ${quiet:+"$quiet"} --constraint constraints.txt ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} --no-deps torch
pip install ${quiet:+"$quiet"} --constraint constraints.txt hatchling editables
pip install ${quiet:+"$quiet"} --constraint constraints.txt --no-build-isolation --editable ".${EXTRAS:+[$EXTRAS]}"

(cd "$VENV" && pwd -P) >"$place"
rm -f "$unfinished"
fingerprint | cksum >"$stamp"
echo "rca-search: installed" >&2
