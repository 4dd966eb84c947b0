#!/usr/bin/env bash
# Runs the Dockerfile's steps without a container, in a folder of its own: install without the development tools,
# build and verify an index, serve it from the small install without PyTorch, check its health, ask it a question, stop it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# The context that the Dockerfile copies, first without the code, so that the same shortcuts are taken.
mkdir -p "$work/src/rca_search"
cp -R pyproject.toml constraints.txt requirements README.md LICENSE scripts "$work/src/"
cp rca_search/__init__.py "$work/src/rca_search/"
bash "$work/src/scripts/container_build.sh" dependencies "$work/build"
bash "$work/src/scripts/container_build.sh" serving "$work/prefix"
cp -R rca_search "$work/src/"
bash "$work/src/scripts/container_build.sh" package "$work/build"
bash "$work/src/scripts/container_build.sh" package "$work/prefix"
bash "$work/src/scripts/container_build.sh" index "$work/build" examples/vault "$work/index"
if "$work/prefix/bin/python" -c "import torch" 2>/dev/null; then
  echo "the serving environment holds PyTorch" >&2
  exit 1
fi

export PATH="$work/prefix/bin:$PATH" HF_HUB_OFFLINE=1
export RCA_HOST=127.0.0.1 RCA_INDEX="$work/index"
RCA_PORT=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export RCA_PORT

# From here on the folder is read-only for everybody but root, as in a container with a read-only file system.
chmod -R a-w "$work/index"
(cd "$work" && exec sh src/scripts/container_run.sh serve) >"$work/serve.log" 2>&1 &
server=$!

for _ in $(seq 120); do
  if python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$RCA_PORT/readyz', timeout=3)" 2>/dev/null; then
    break
  fi
  kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; echo "the server stopped by itself" >&2; exit 1; }
  sleep 0.5
done

sh scripts/container_run.sh healthcheck || { cat "$work/serve.log" >&2; exit 1; }
python - "$RCA_PORT" <<'PYTHON'
import json
import sys
import urllib.request

request = urllib.request.Request(
    f"http://127.0.0.1:{sys.argv[1]}/v1/similar",
    data=json.dumps({"text": "the consumer group rebalances over and over and lag grows"}).encode(),
    headers={"Content-Type": "application/json"},
)
answer = json.load(urllib.request.urlopen(request, timeout=60))
incidents = answer["incidents"]
assert incidents, answer
print("served outside a container; first answer:", incidents[0]["id"])
PYTHON
kill "$server"
wait "$server" || code=$?
server=
# 143: ended by the signal itself, after the server had shut down in order.
[ "${code:-0}" -eq 0 ] || [ "${code:-0}" -eq 143 ] || { cat "$work/serve.log" >&2; exit 1; }
