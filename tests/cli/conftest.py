"""A small folder of documents, an index of it, and ways to run the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rca_search.cli.app import app
from rca_search.indexing.pointer import read_current, write_current

ROOT = Path(__file__).resolve().parents[2]

CERTIFICATE = """\
---
title: Checkout refused by browsers
date: 2025-11-02
severity: SEV-1
services: [checkout-api, ingress]
tags: [tls]
duration_minutes: 102
author: Ada
team_room: blue
---
# Checkout refused by browsers

## Summary

Every call to checkout-api failed with x509 certificate expired, first in the browser, then in the app.

## Root Cause

The renewal job had no permission to write the secret.

## Resolution

Issued the certificate by hand.

```
kubectl -n edge create secret tls edge-certificate --cert=fullchain.pem --key=privkey.pem
```

Granted the permission.

## Related Incidents

- [[Runbooks/certificates|certificates]]
"""
LAG = """\
---
title: Payments fell behind
date: 2025-03-14
severity: sev2
services: [payments-api]
tags: [kafka]
---
# Payments fell behind

## Summary

KafkaConsumerLag fired: the consumer group rebalances over and over.

## Resolution

Raised max.poll.interval.ms.
"""
OLD = "---\nid: INC-7\ndate: 2024-07-01\n---\n# Disk full\n\n## Summary\n\nThe disk of search filled up.\n"
RENEWAL = """\
# Certificates

## Symptoms

Browsers say x509 certificate expired.

## Steps

1. Renew it.
"""
DOCUMENTS: Mapping[str, str] = {
    "RCAs/2025-11-02-checkout-certificate.md": CERTIFICATE,
    "RCAs/2025-03-14-payments-lag.md": LAG,
    "RCAs/disk.md": OLD,
    "Runbooks/certificates.md": RENEWAL,
    "Services/checkout-api.md": "# checkout-api\n\n## Dependencies\n\n- ingress\n",
}

Run = Callable[..., Result]


def write(folder: Path, documents: Mapping[str, str]) -> Path:
    """Write documents below ``folder``."""
    for path, text in documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def invoke(
    *arguments: str, stdin: bytes | str | None = None, env: Mapping[str, str | None] | None = None
) -> Result:
    """Run one command in this process."""
    return CliRunner().invoke(app, list(arguments), input=stdin, env=env)


def build(folder: Path, index: Path, *arguments: str) -> Result:
    """Build an index with the test model; fails the test where that fails."""
    result = invoke("build", str(folder), "--index", str(index), "--model", "test-hashing", *arguments)
    assert result.exit_code == 0, result.output
    return result


def process(
    *arguments: str, env: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run one command as a process of its own."""
    return subprocess.run(
        command_line(*arguments), cwd=ROOT, env={**os.environ, **(env or {})}, timeout=120, text=True,
        **{"capture_output": True, "stdin": subprocess.DEVNULL, **options},
    )  # fmt: skip


def command_line(*arguments: str) -> list[str]:
    """Return the command line of a process of its own."""
    return [sys.executable, "-m", "rca_search", *arguments]


def rewrite_manifest(index: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the manifest of the current version as a publisher with other ideas would have written it."""
    import hashlib

    current = read_current(index)
    path = index / "versions" / current.version / "manifest.json"
    body = json.loads(path.read_text())
    change(body)
    path.write_text(json.dumps(body))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    name = f"{current.version[:10]}-{digest[:12]}"
    path.parent.rename(path.parent.with_name(name))
    write_current(index, replace(current, version=name, manifest_sha256=digest))


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    build(write(folder / "vault", DOCUMENTS), folder / "index")
    return folder


@pytest.fixture
def vault_folder(_built: Path, tmp_path: Path) -> Path:
    """A copy of the documents that a test may change."""
    return Path(shutil.copytree(_built / "vault", tmp_path / "vault"))


@pytest.fixture
def index(_built: Path) -> Path:
    """An index of the documents; not to be changed."""
    return _built / "index"


@pytest.fixture
def own_index(_built: Path, tmp_path: Path) -> Path:
    """A copy of the index that a test may change."""
    return Path(shutil.copytree(_built / "index", tmp_path / "own-index"))


@pytest.fixture
def ask(index: Path) -> Run:
    """Run one command on the index of the documents."""

    def run(*arguments: str, **options: Any) -> Result:
        return invoke(*arguments, "--index", str(index), **options)

    return run


@pytest.fixture
def answer(ask: Run) -> Callable[..., dict[str, Any]]:
    """Run one command with ``--json`` that succeeds, and return what it printed."""

    def run(*arguments: str, **options: Any) -> dict[str, Any]:
        result = ask(*arguments, "--json", **options)
        assert result.exit_code == 0, result.output
        body: dict[str, Any] = json.loads(result.stdout)
        return body

    return run


@pytest.fixture
def helpers() -> type[Helpers]:
    """The functions above, since test modules here cannot import each other."""
    return Helpers


class Helpers:
    """Functions for tests."""

    root = ROOT
    documents = DOCUMENTS
    write = staticmethod(write)
    invoke = staticmethod(invoke)
    build = staticmethod(build)
    process = staticmethod(process)
    command_line = staticmethod(command_line)
    rewrite_manifest = staticmethod(rewrite_manifest)
