#!/usr/bin/env bash
# What `make demo` shows: an index built from examples/vault, and two questions an on-call engineer might ask.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

BIN=${BIN:-.venv/bin}
index=${BUILD:-build}/demo-index
vault=examples/vault
# Nothing is fetched: the model came with the installation.
export HF_HUB_OFFLINE=1

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$*"; }
run() {
  local word line='$ rca-search'
  for word in "$@"; do
    case $word in *\ *) line+=" \"$word\"" ;; *) line+=" $word" ;; esac
  done
  say "$line"
  "$BIN/rca-search" "$@"
}

mkdir -p "$(dirname "$index")"
run build "$vault" --index "$index"
run similar "some requests to a partner hang for exactly five seconds, then everything is fast again" --index "$index" -k 3
run similar "consumer lag keeps growing and the group rebalances over and over" --index "$index" -k 3

say "Your own folder of post-mortems and runbooks:"
cat <<TEXT
  $BIN/rca-search build path/to/your/notes
  $BIN/rca-search similar "what you see right now"
TEXT
say "The same over HTTP, on http://127.0.0.1:8080 (what it can do: /openapi.json):"
cat <<TEXT
  $BIN/rca-search serve
TEXT
