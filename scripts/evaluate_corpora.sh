#!/usr/bin/env bash
# Builds an index of each corpus below $RCA_CORPORA and scores the four development sets on them. What is written
# can be given to a later `rca-search eval questions --compare`.
#
#   RCA_CORPORA=/path/to/material make eval
#
# benchmarks/README.md says what has to lie there and where it comes from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -z "${RCA_CORPORA:-}" ]; then
  echo "RCA_CORPORA is not set: name the folder that holds corpora/ and bench/ (see benchmarks/README.md)" >&2
  exit 2
fi
corpora=$RCA_CORPORA
for part in corpora/incidents corpora/runbooks bench; do
  if [ ! -d "$corpora/$part" ]; then
    echo "RCA_CORPORA=$corpora has no folder $part (see benchmarks/README.md)" >&2
    exit 2
  fi
done

BIN=${BIN:-.venv/bin}
out=${BUILD:-build}/eval
export HF_HUB_OFFLINE=1
unset RCA_INDEX
mkdir -p "$out/complete"

for corpus in incidents runbooks; do
  "$BIN/rca-search" build "$corpora/corpora/$corpus" --index "$out/$corpus" >&2
done

score() { # SET CORPUS
  "$BIN/rca-search" eval questions --queries "$corpora/bench/$1/queries.jsonl" --qrels "$corpora/bench/$1/qrels.tsv" \
    "--$2" --index "$out/$2" --outcomes >"$out/$1.json"
  "$BIN/rca-search" eval questions --queries "$corpora/bench/$1/queries.jsonl" --qrels "$corpora/bench/$1/judged.tsv" \
    "--$2" --index "$out/$2" --json >"$out/complete/$1.json"
}
score alert2runbook runbooks
score recurrence incidents
score oncall-incidents incidents
score oncall-runbooks runbooks

"$BIN/python" scripts/print_scores.py "$out"/{alert2runbook,recurrence,oncall-incidents,oncall-runbooks}.json
echo
echo "By complete judgements:"
"$BIN/python" scripts/print_scores.py "$out"/complete/{alert2runbook,recurrence,oncall-incidents,oncall-runbooks}.json

# What the verdict promises, and how far the probabilities of hits hold: organisations left out in turn.
"$BIN/python" -m benchmarks.fitting.calibration --check
