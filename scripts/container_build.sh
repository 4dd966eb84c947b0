#!/usr/bin/env bash
# The build stage of the Dockerfile, one step at a time; runs outside a container as well.
#
#   container_build.sh dependencies PREFIX   everything pinned, into the virtual environment PREFIX
#   container_build.sh serving PREFIX        only what answering questions needs, pinned, without PyTorch
#   container_build.sh package PREFIX        the project itself, into either environment
#   container_build.sh index PREFIX VAULT INDEX   an index of the folder VAULT, published below INDEX and verified
#
# TORCH_INDEX names the package index for PyTorch alone. The steps are apart so that a change of code does not
# install everything again.
set -euo pipefail

step=${1:?dependencies, serving, package or index}
prefix=${2:?folder of the virtual environment}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
install() { "$prefix/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$source/constraints.txt" "$@"; }

case $step in
dependencies)
  "${PYTHON:-python3}" -m venv "$prefix"
  install --upgrade pip
  install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} --no-deps torch
  install hatchling
  # With nothing there but the version, this brings the dependencies and a package that the next step replaces.
  install --no-build-isolation "$source"
  ;;
serving)
  "${PYTHON:-python3}" -m venv "$prefix"
  install --upgrade pip
  install hatchling
  install --requirement "$source/requirements/serve.txt"
  ;;
package)
  install --no-build-isolation --no-deps --force-reinstall "$source"
  ;;
index)
  vault=${3:?folder of documents}
  index=${4:?folder of the index}
  export HF_HUB_OFFLINE=1
  "$prefix/bin/rca-search" build "$vault" --index "$index"
  "$prefix/bin/rca-search" verify --index "$index"
  ;;
*)
  echo "container_build.sh: unknown step '$step'" >&2
  exit 2
  ;;
esac
