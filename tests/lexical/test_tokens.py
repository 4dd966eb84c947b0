"""Terms: exact lists for what on-call engineers write, and properties for everything else."""

from __future__ import annotations

import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca_search.lexical import shapes
from rca_search.lexical.tokens import fingerprint, identifiers, tokenize

EXPECTED = {
    # Alert names, code names, acronyms
    "KubePodCrashLooping": ["kubepodcrashlooping", "kubepodcrashloop", "kube", "pod", "crash", "loop"],
    "HTTPServerError": ["httpservererror", "http", "server", "error"],
    "getHTTPResponse": ["gethttpresponse", "gethttprespons", "get", "http", "respons"],
    "S3BucketError": ["s3bucketerror", "s3", "bucket", "error"],
    "HTTP2Server": ["http2server", "http2", "server"],
    "OOMKilled": ["oomkilled", "oomkil", "oom", "kill"],
    "APIs VMs listURLs": ["api", "vm", "listurls", "listurl", "list", "url"],
    # Error codes
    "ORA-12154": ["ora-12154", "ora", "12154"],
    "ECONNREFUSED": ["econnrefused", "econnrefus"],
    "econnrefused": ["econnrefus"],
    "0x80070005": ["0x80070005"],
    "SQLSTATE[08006]": ["sqlstate", "08006"],
    "CVE-2024-3094": ["cve-2024-3094", "cve", "2024", "3094"],
    "FATAL ERROR": ["fatal", "error"],
    "FAILED": ["failed", "fail"],
    # Words with digits
    "x509 p99 k8s K8s i18n 5xx v2": ["x509", "p99", "k8s", "k8s", "i18n", "5xx", "v2"],
    "ed25519 utf8mb4 log4j2 sha256sum": ["ed25519", "utf8mb4", "log4j2", "sha256sum"],
    # Hosts, services, pods
    "node-exporter": ["node-exporter", "node", "export"],
    "db-7.eu-west-1.internal": [
        "db-7.eu-west-1.internal",
        "db-7",
        "db",
        "eu-west-1",
        "eu-west",
        "eu",
        "west",
        "internal",
    ],
    "kafka-broker-3": ["kafka-broker-3", "kafka-broker", "kafka", "broker"],
    "checkout-api-7d9f8b6c5d-x2x4z": ["checkout-api-7d9f8b6c5d-x2x4z", "checkout-api", "checkout", "api"],
    "10.0.0.1:5432": ["10.0.0.1:5432", "10.0.0.1", "5432"],
    "10.0.0.0/16": ["10.0.0.0"],
    "fe80::1ff:fe23:4567:890a": ["fe80::1ff:fe23:4567:890a"],
    "00:1B:44:11:3A:B7": ["00:1b:44:11:3a:b7"],
    "redis:6379": ["redis:6379", "redi", "6379"],
    "https://api.example.com:8443/health": [
        "https",
        "api.example.com:8443",
        "api.example.com",
        "api",
        "exampl",
        "com",
        "8443",
        "health",
    ],
    # Metrics, modules, files
    "http_requests_total": ["http_requests_total", "http", "request", "total"],
    "job:http_requests:rate5m": [
        "job:http_requests:rate5m",
        "job",
        "http_requests",
        "http",
        "request",
        "rate5m",
    ],
    "std::bad_alloc": ["std::bad_alloc", "std", "bad_alloc", "bad", "alloc"],
    "java.lang.OutOfMemoryError": [
        "java.lang.outofmemoryerror",
        "java",
        "lang",
        "outofmemoryerror",
        "out",
        "memori",
        "error",
    ],
    "/var/lib/docker/daemon.json": ["var", "lib", "docker", "daemon.json", "daemon", "json"],
    "__init__ _x_ ___": ["init"],
    "level:error": ["level", "error"],
    # Versions
    "v1.10.2": ["v1.10.2", "1.10.2"],
    "v2.1 1.10.2 TLS 1.2": ["v2.1", "2.1", "1.10.2", "tls", "1.2"],
    "1.27.3-gke.100": ["1.27.3-gke.100", "1.27.3", "gke"],
    "postgres-14.2": ["postgres-14.2", "postgr", "14.2"],
    "nginx:1.27.3-alpine": ["nginx:1.27.3-alpine", "nginx", "1.27.3-alpine", "1.27.3", "alpin"],
    "redis:7.2": ["redis:7.2", "redi", "7.2"],
    # Plain words
    "The services' pods weren't restarting": ["servic", "pod", "restart"],
    "service's": ["servic"],
    "service\u2019s": ["servic"],
    "O'Reilly": ["oreilli"],
    "time timed timing times": ["time", "time", "time", "time"],
    "out-of-memory": ["out-of-memory", "out", "memori"],
    "failed.The next": ["failed.the", "fail", "next"],
    "dns aws DNS": ["dns", "aws", "dns"],
    "e.g. C++ a b": [],
    # Numbers, moments, objects
    "503 404 12154 8080": ["503", "404", "12154", "8080"],
    "7 42 123456": [],
    "1,024 12,500,000, and 3": [],
    "99.9% 2.5s 0.5 1.5GB": [],
    "500ms": ["500ms"],
    "2024-03-01 2024-03-01T12:30:45.123Z 12:30 03:15:22 01-02-2024": [],
    "2024-03-01 12:30:45,123 boom": ["boom"],
    "2024-03-01-db-outage.md": ["2024-03-01-db-outage.md", "db-outage.md", "db-outage", "db", "outag", "md"],
    "550e8400-e29b-41d4-a716-446655440000": [],
    "a1b2c3d d41d8cd98f00b204e9800998ecf8427e": [],
    "eyJhbGciOiJIUzI1NiIsInR5cCI6": [],
    "0x00007f8a1c2d3e4f": [],
    # Other scripts and spellings
    "数据库连接timeout 数": ["数据", "据库", "库连", "连接", "timeout", "数"],
    "कनेक्शन विफल": ["कनेक्शन", "विफल"],
    "ÜBERLASTET Straße Strasse": ["überlastet", "strass", "strass"],
    "cafe\u0301 caf\u00e9": ["café", "café"],
    "\uff2b\uff55\uff42\uff45 re\u00adstart time\u200bout": ["kube", "restart", "timeout"],
    "": [],
}


@pytest.mark.parametrize("text", EXPECTED, ids=lambda text: text[:40] or "empty")
def test_terms(text: str) -> None:
    assert tokenize(text) == EXPECTED[text]


@pytest.mark.parametrize(
    ("left", "right", "shared"),
    [
        ("KubePodCrashLooping", "pods are in a crash loop", {"pod", "crash", "loop"}),
        ("KubePodCrashLooping", "kubepodcrashlooping", {"kubepodcrashloop"}),
        ("ECONNREFUSED", "got econnrefused", {"econnrefus"}),
        ("v1.10.2", "since 1.10.2", {"1.10.2"}),
        ("PostgreSQL", "postgresql", {"postgresql"}),
        ("kafka-broker-3 is down", "kafka-broker-11 hangs", {"kafka-broker", "kafka", "broker"}),
        (
            "checkout-api-7d9f8b6c5d-x2x4z",
            "checkout-api-6b7f9c4d8e-k8k9l",
            {"checkout-api", "checkout", "api"},
        ),
    ],
)
def test_different_spellings_meet(left: str, right: str, shared: set[str]) -> None:
    assert set(tokenize(left)) & set(tokenize(right)) == shared


def test_order_and_repeats_stay() -> None:
    assert tokenize("pod killed, pod restarted") == ["pod", "kill", "pod", "restart"]


def test_identifiers_keep_their_spelling_and_come_once() -> None:
    text = (
        "KubePodCrashLooping on db-7.eu-west-1.internal: dial tcp 10.0.0.1:5432: ECONNREFUSED "
        "(ORA-12154, x509) after v1.10.2; http_requests_total fell, SIGKILL, "
        "KubePodCrashLooping again; config.yaml"
    )
    assert identifiers(text) == [
        "KubePodCrashLooping",
        "db-7.eu-west-1.internal",
        "10.0.0.1:5432",
        "ECONNREFUSED",
        "ORA-12154",
        "x509",
        "v1.10.2",
        "http_requests_total",
        "SIGKILL",
        "config.yaml",
    ]


def test_words_numbers_and_moments_are_no_identifiers() -> None:
    text = (
        "The long-running job FAILED at 12:30 on 2024-03-01, 99.9% for 500ms, APIs e.g. down.The "
        "503 level:error 550e8400-e29b-41d4-a716-446655440000 don't"
    )
    assert identifiers(text) == []


_TEXT = st.text(
    st.one_of(st.sampled_from("aAbBzZ019._-:'/,% \n\u0301\u200b数คñ"), st.characters()), max_size=60
)


@settings(max_examples=300, deadline=None)
@given(_TEXT)
def test_terms_are_folded_bounded_and_never_empty(text: str) -> None:
    for term in tokenize(text):
        assert 0 < len(term) <= shapes.LONGEST_WHOLE
        assert term == term.casefold()
        assert not any(map(str.isspace, term))


@settings(max_examples=300, deadline=None)
@given(_TEXT)
def test_composed_and_decomposed_text_is_the_same(text: str) -> None:
    assert tokenize(unicodedata.normalize("NFD", text)) == tokenize(unicodedata.normalize("NFC", text))


@settings(max_examples=200, deadline=None)
@given(_TEXT, _TEXT)
def test_lines_do_not_reach_into_each_other(first: str, second: str) -> None:
    assert tokenize(f"{first}\n\n{second}") == tokenize(first) + tokenize(second)


@settings(max_examples=200, deadline=None)
@given(_TEXT)
def test_identifiers_stand_in_the_text_and_are_terms(text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    for name in identifiers(plain):
        assert name in plain
        assert name.casefold() in tokenize(plain)


HOSTILE = [
    "a",
    "aB",
    "1",
    "1.",
    "1,111",
    "a-",
    "a.",
    "a:",
    "::",
    "a'",
    "_",
    "a-b.c_d:",
    "1:11:",
    "v1.1-",
    "a ",
    "a1",
    "a\u0327\u0301",
    "\u0327\u0301",
    "数",
    "\U0001f600",
    "2024-01-01",
    "0x",
    "A.b",
]


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.full
def test_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        started = time.process_time()
        tokenize(text)
        identifiers(text)
        return time.process_time() - started

    small = min(seconds(125_000) for _ in range(3))
    # Eight times the length; quadratic growth would take 64 times as long.
    assert min(seconds(1_000_000) for _ in range(2)) < max(40 * small, 0.5)


def test_stems_do_not_mix_between_threads() -> None:
    words = [
        f"{stem}{ending}"
        for stem in ("connect", "restart", "deploy", "rollback")
        for ending in ("s", "ed", "ing")
    ]
    nonsense = [f"{word}{letter}" for word in words for letter in "bcdfg" for _ in range(20)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(tokenize, nonsense))
    assert together == [tokenize(word) for word in nonsense]


def test_fingerprint_is_the_same_in_another_process() -> None:
    code = "from rca_search.lexical.tokens import fingerprint; print(fingerprint())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == fingerprint()
