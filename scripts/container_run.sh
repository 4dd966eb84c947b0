#!/bin/sh
# What the image runs: serve the index, and say whether the server lives. Runs outside a container as well.
#
#   container_run.sh serve         on every interface, port 8080, index in /index; RCA_HOST, RCA_PORT, RCA_INDEX override
#   container_run.sh healthcheck   exit code 0 while /livez answers
set -eu

port=${RCA_PORT:-8080}

case ${1:-} in
serve)
  exec rca-search serve --host "${RCA_HOST:-0.0.0.0}" --port "$port" --index "${RCA_INDEX:-/index}"
  ;;
healthcheck)
  exec python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$port/livez', timeout=3).read()"
  ;;
*)
  echo "usage: container_run.sh serve | healthcheck" >&2
  exit 2
  ;;
esac
