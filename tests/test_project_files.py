"""Files beside the code that must agree with it and with each other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import rca_search

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), flags=re.MULTILINE))


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Instructions of a Dockerfile as (name, arguments), continuation lines joined."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE).replace("\\\n", " ")
    pairs = (line.strip().partition(" ") for line in text.splitlines() if line.strip())
    return [(name.upper(), arguments.strip()) for name, _, arguments in pairs]


# --- versions


def test_changelog_names_this_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", read("CHANGELOG.md"), flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1] == rca_search.__version__


def test_constraints_pin_every_dependency_and_name_no_place() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    lines = [line for line in read("constraints.txt").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    pinned = {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in lines}
    names = {re.sub(r"[-_.]+", "-", re.split(r"[<>=]", line)[0]).lower() for line in wanted}
    assert names - pinned == set()
    assert "torch==2.13.0" in lines
    assert [name for name in pinned if name.startswith(("nvidia", "cuda", "triton"))] == []


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    explained = set(re.findall(r"^\| `([A-Za-z0-9._-]+)`", read("docs/dependencies.md"), flags=re.MULTILINE))
    assert {re.split(r"[<>=]", line)[0] for line in wanted} == explained


def test_serving_needs_only_a_part_of_the_dependencies() -> None:
    declared = {
        re.split(r"[<>=]", line)[0]
        for line in tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    }
    serving = {line for line in read("requirements/serve.txt").splitlines() if not line.startswith("#")}
    assert serving < declared
    assert not serving & {"torch", "transformers", "sentence-transformers", "onnx", "onnxscript"}


# --- commands


def test_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^\s*(?:\$ )?make ([a-z-]+)", read("README.md"), flags=re.MULTILINE)
    assert commands[:2] == ["demo", "test"]
    assert set(commands) <= make_targets()


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    listed = set(re.findall(r"^  make ([a-z-]+) +\S", done.stdout, flags=re.MULTILINE))
    assert listed == make_targets()


def test_contributing_names_only_targets_that_exist() -> None:
    assert set(re.findall(r"`make ([a-z-]+)", read("CONTRIBUTING.md"))) <= make_targets()


def test_scoring_without_material_says_what_is_missing(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "evaluate_corpora.sh"
    for value, words in (("", "RCA_CORPORA is not set"), (str(tmp_path), "has no folder corpora/incidents")):
        done = subprocess.run(
            ["bash", script],
            env={"PATH": os.environ["PATH"], "RCA_CORPORA": value},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 2
        assert words in done.stderr


def test_scores_are_printed_and_a_missing_one_fails(tmp_path: Path) -> None:
    scores = {"hit@1": 0.5, "hit@5": 0.75, "hit@10": 1.0, "ndcg@10": 0.625, "mrr": 0.25}
    report = tmp_path / "alert2runbook.json"
    report.write_text(json.dumps({"schema_version": 1, "measures": scores}), encoding="utf-8")
    program = [sys.executable, str(ROOT / "scripts" / "print_scores.py"), str(report)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [
        *("set", "hit@1", "hit@5", "hit@10", "ndcg@10", "mrr"),
        *("alert2runbook", "0.500", "0.750", "1.000", "0.625", "0.250"),
    ]
    report.write_text(json.dumps({"measures": {**scores, "mrr": None}}), encoding="utf-8")
    done = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "lacks mrr" in done.stderr


# --- installation


def install(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the installer in a copy of the project; no package is ever installed by these tests."""
    (folder / "scripts").mkdir(exist_ok=True)
    for name in ("pyproject.toml", "constraints.txt", "scripts/install.sh"):
        shutil.copy(ROOT / name, folder / name)
    environment = {
        "PATH": os.environ["PATH"],
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
        **variables,
    }
    return subprocess.run(
        ["bash", folder / "scripts" / "install.sh"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def fake_python(folder: Path, body: str) -> str:
    path = folder / "fake-python"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_missing_interpreter_is_named(tmp_path: Path) -> None:
    done = install(tmp_path, PYTHON="python-that-is-not-there")
    assert done.returncode == 1
    assert "no 'python-that-is-not-there' on the PATH" in done.stderr


def test_old_interpreter_is_refused(tmp_path: Path) -> None:
    old = fake_python(tmp_path, 'case "$1" in --version) echo Python 3.9.18;; *) exit 1;; esac')
    done = install(tmp_path, PYTHON=old)
    assert done.returncode == 1
    assert "Python 3.9.18 is too old: Python 3.11 or newer is needed" in done.stderr


def test_missing_venv_module_gets_the_remedy(tmp_path: Path) -> None:
    bare = fake_python(
        tmp_path, f'case "$2" in *venv*|*virtualenv*) exit 1;; *) exec {sys.executable} "$@";; esac'
    )
    done = install(tmp_path, PYTHON=bare)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_folder_that_is_no_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = install(tmp_path, PYTHON=sys.executable, VENV=str(tmp_path / "mine"))
    assert done.returncode == 1
    assert "is no virtual environment" in done.stderr
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_broken_environment_is_made_anew(tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("home = /gone\n", encoding="utf-8")
    (venv / "bin" / "python").symlink_to("/gone/python3")
    done = install(tmp_path, PYTHON=sys.executable)
    assert "is incomplete or was moved, making it anew" in done.stderr
    assert (venv / "bin" / "python").exists()
    # Without an index nothing can be installed; the marker stays, so the next run starts anew.
    assert done.returncode != 0
    assert (venv / ".unfinished").exists()
    assert not (venv / ".installed").exists()


# --- container


def test_dockerfile_follows_the_rules() -> None:
    steps = instructions(read("Dockerfile"))
    bases = [arguments.split() for name, arguments in steps if name == "FROM"]
    assert [base[-1] for base in bases] == ["build", "run"]
    for image, *_ in bases:
        assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", image), f"{image} is not pinned"
    run = steps[max(index for index, (name, _) in enumerate(steps) if name == "FROM") :]
    assert [arguments for name, arguments in run if name == "USER"] == ["10001:10001"]
    assert [arguments for name, arguments in run if name == "EXPOSE"] == ["8080"]
    assert [name for name, _ in steps].count("HEALTHCHECK") == 1
    assert run[-1] == ("CMD", '["container_run.sh", "serve"]')
    assert [arguments for name, arguments in steps if name == "ADD"] == []
    settings = " ".join(arguments for name, arguments in steps if name in {"ARG", "ENV"})
    assert re.findall(r"(?i)[a-z_]*(?:secret|token|password|api_?key)[a-z_]*", settings) == []


def test_what_the_dockerfile_copies_is_in_the_build_context() -> None:
    allowed = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    copied = {
        part
        for name, arguments in instructions(read("Dockerfile"))
        if name == "COPY" and "--from" not in arguments
        for part in arguments.split()[:-1]
    }
    sources = {"examples/vault" if part == "${VAULT}" else part for part in copied}
    inside = {source for source in sources if any(source == a or source.startswith(f"{a}/") for a in allowed)}
    assert sources == inside
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_container_serves_on_every_interface_and_checks_livez() -> None:
    script = read("scripts/container_run.sh")
    assert '--host "${RCA_HOST:-0.0.0.0}"' in script
    assert "port=${RCA_PORT:-8080}" in script
    assert '--index "${RCA_INDEX:-/index}"' in script
    assert "/livez" in script


# --- workflows


def steps_of(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_use_make_targets_pinned_actions_and_few_rights(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for step in steps_of(workflow):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", f"x@{40 * '0'}"))
    used = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(step.get("run", "") for step in steps_of(workflow))))
    assert used
    assert used <= make_targets()


def test_index_is_never_published_from_a_pull_request() -> None:
    workflow = yaml.safe_load(read(".github/workflows/rebuild-index.yml"))
    # YAML 1.1 reads the key `on` as true.
    assert set(workflow[True]) == {"schedule", "workflow_dispatch", "workflow_call"}
    job = workflow["jobs"]["rebuild"]
    assert "github.event_name != 'pull_request'" in job["if"]
    runs = [step.get("run", step.get("uses", "")) for step in job["steps"]]
    order = [
        next(i for i, run in enumerate(runs) if word in run)
        for word in (" build ", " verify ", "upload-artifact")
    ]
    assert order == sorted(order)


def test_generated_indexes_are_ignored_and_awkward_files_kept_as_they_are() -> None:
    ignored = read(".gitignore").splitlines()
    assert "/index/*" in ignored
    assert "!/index/README.md" in ignored
    attributes = read(".gitattributes").splitlines()
    assert "tests/data/** -text" in attributes
    assert "examples/vault/** -text" in attributes
