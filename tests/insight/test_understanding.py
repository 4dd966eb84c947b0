"""Pasted questions: what is kept of each form, what stays plain text, and that nothing can break it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.insight.understanding import has_words, understand
from rca_search.models import Form

UUID = "4f9c2b1e-0a0b-4c4d-8e8f-001122334455"
OTHER_UUID = "5a9c2b1e-0a0b-4c4d-8e8f-001122334455"
POD = "order-api-7d9f8b6c5d-x2x4z"
CRASHING = {
    "status": "firing",
    "labels": {
        "alertname": "KubePodCrashLooping",
        "namespace": "orders",
        "pod": POD,
        "container": "order-api",
        "instance": "10.1.2.3:8443",
        "job": "kube-state-metrics",
        "severity": "critical",
    },
    "annotations": {
        "summary": "Pod is crash looping.",
        "description": "Too many restarts in orders.",
        "runbook_url": "https://runbooks.example/kubernetes/crash-loops.html#meaning",
    },
    "startsAt": "2026-03-01T10:02:03.4Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus.example/graph?g0.expr=x",
    "fingerprint": "8a1f0c2b7d3e4f55",
}
OVER = {"status": "resolved", "labels": {"alertname": "NodeClockSkew"}, "annotations": {}}
WEBHOOK = {
    "version": "4",
    "groupKey": '{}:{alertname="KubePodCrashLooping"}',
    "status": "firing",
    "receiver": "orders-team",
    "groupLabels": {"alertname": "KubePodCrashLooping"},
    "commonLabels": {"alertname": "KubePodCrashLooping", "prometheus": "monitoring/k8s"},
    "commonAnnotations": {},
    "externalURL": "http://alertmanager.example:9093",
    "truncatedAlerts": 0,
    "alerts": [CRASHING, OVER],
}
SAID = """\
Kube Pod Crash Looping
Pod is crash looping.
Too many restarts in orders.
namespace orders
pod order-api
container order-api"""


@pytest.mark.parametrize("body", [WEBHOOK, [CRASHING], {**WEBHOOK, "alerts": [CRASHING] * 200}])
def test_an_alertmanager_body_is_read_for_names_and_annotations(body: object) -> None:
    read = understand(json.dumps(body, indent=1))
    assert read.forms == (Form.ALERTMANAGER,)
    assert read.text == SAID
    assert set(read.names) == {"KubePodCrashLooping", POD, "10.1.2.3:8443", "crash-loops"}


def test_resolved_alerts_count_where_none_fires() -> None:
    assert understand(json.dumps({**WEBHOOK, "alerts": [OVER]})).text.endswith("Node Clock Skew")


def test_a_pagerduty_event_is_read_with_the_alert_inside() -> None:
    details = "Labels:\n - alertname = NodeFilesystemSpaceFillingUp\n - namespace = storage\nAnnotations:\n"
    event = {
        "routing_key": "f1e2d3c4b5a697887766554433221100",
        "event_action": "trigger",
        "dedup_key": "9c1b",
        "payload": {
            "summary": "Disk of search-db is nearly full",
            "source": "search-db-2.internal",
            "severity": "critical",
            "timestamp": "2026-03-01T10:02:03Z",
            "component": "postgres",
            "custom_details": {"firing": details},
        },
        "links": [{"href": "https://dashboards.example", "text": "Dashboard of disks"}],
        "client": "Grafana",
    }
    read = understand(json.dumps(event))
    assert read.forms == (Form.PAGERDUTY,)
    assert read.text.split("\n") == [
        "Node Filesystem Space Filling Up",
        "Disk of search-db is nearly full",
        "source search-db-2.internal",
        "component postgres",
        "namespace storage",
    ]
    assert read.names == ("NodeFilesystemSpaceFillingUp",)


def test_a_pagerduty_webhook_is_read_without_the_people() -> None:
    person = {
        "html_url": "https://x.example/P1",
        "id": "P1",
        "summary": "Rosa Lind",
        "type": "user_reference",
    }
    data = {
        "id": "Q2ABC",
        "type": "incident",
        "number": 42,
        "status": "triggered",
        "incident_key": "k",
        "title": "Login fails for everyone with 502",
        "service": {"id": "S1", "summary": "identity-api", "type": "service_reference"},
        "assignees": [person],
        "escalation_policy": {"summary": "Nights"},
        "priority": {"summary": "P1"},
        "urgency": "high",
    }
    event = {"id": "01AB", "event_type": "incident.triggered", "resource_type": "incident", "agent": person}
    read = understand(json.dumps({"event": {**event, "data": data}}))
    assert (read.forms, read.names) == ((Form.PAGERDUTY,), ())
    assert read.text == "Login fails for everyone with 502\nservice identity-api"


def test_other_json_keeps_its_keys_and_the_text_around_it() -> None:
    text = (
        '{"id": "6f1d", "disk_name": "vda3", "usedPercent": 96.8, "url": "https://a.example"}\ndb-7 is full'
    )
    read = understand(text)
    assert (read.forms, read.text) == ((Form.JSON,), "db-7 is full\ndisk name vda3\nused Percent 96.8")


def test_lines_of_json_are_said_once() -> None:
    line = '{"ts":"2026-03-01T10:00:0%d.000Z","level":"error","msg":"dial 10.0.0.%d: refused"}'
    read = understand("\n".join(line % (n, n) for n in range(9)))
    assert read.text == "dial 10.0.0.0: refused"


JAVA = """\
Exception in thread "main" com.acme.orders.CheckoutFailedException: could not place the order
\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)
\tat com.acme.orders.OrderService.place(OrderService.java:88)
\tat com.acme.orders.OrderController.post(OrderController.java:31)
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.sql.SQLTransientConnectionException: HikariPool-1 - request timed out
\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:181)
\t... 23 more"""
PYTHON = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/urllib3/connectionpool.py", line 700, in urlopen
    response = conn.getresponse()
  File "/app/billing/invoice.py", line 41, in send_invoice
    requests.post(url)
    ^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/site-packages/requests/api.py", line 59, in post
    return request("post", url)
requests.exceptions.ConnectionError: Max retries exceeded"""
GO = """\
panic: assignment to entry in nil map

goroutine 17 [running]:
github.com/acme/router/table.(*Table).Lookup(0xc000010000, {0xc00001, 0x5})
\t/src/table/table.go:57 +0x1d
net/http.(*conn).serve(0xc0000b2000)
\t/usr/local/go/src/net/http/server.go:1995 +0x8ec"""
NODE = """\
TypeError: Cannot read properties of undefined (reading 'total')
    at cartTotal (/app/src/cart.js:14:22)
    at node:internal/process/task_queues:95:5
    at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)"""
DOTNET = """\
System.InvalidOperationException: Sequence contains no elements
   at System.Linq.ThrowHelper.ThrowNoElementsException()
   at Acme.Tariffs.PriceFinder.Latest(DateTime day) in /src/PriceFinder.cs:line 42
--- End of stack trace from previous location ---"""
RUBY = """\
app/models/order.rb:12:in `total': undefined method `+' for nil (NoMethodError)
\tfrom app/models/order.rb:12:in `total'
\tfrom /usr/lib/ruby/gems/rack.rb:9:in `call'"""


@pytest.mark.parametrize(
    ("trace", "told", "names"),
    [
        (
            JAVA,
            "Checkout Failed Exception: could not place the order\n"
            "Caused by: SQL Transient Connection Exception: HikariPool-1 - request timed out\n"
            "in OrderService.place, OrderController.post",
            (
                "com.acme.orders.CheckoutFailedException",
                "CheckoutFailedException",
                "java.sql.SQLTransientConnectionException",
                "SQLTransientConnectionException",
            ),
        ),
        (
            PYTHON,
            "Connection Error: Max retries exceeded\nin send_invoice",
            ("requests.exceptions.ConnectionError", "ConnectionError"),
        ),
        (GO, "panic: assignment to entry in nil map\nin table.(*Table).Lookup, table.go", ()),
        (
            NODE,
            "Type Error: Cannot read properties of undefined (reading 'total')\nin cartTotal",
            ("TypeError",),
        ),
        (
            DOTNET,
            "Invalid Operation Exception: Sequence contains no elements\nin PriceFinder.Latest",
            ("System.InvalidOperationException", "InvalidOperationException"),
        ),
    ],
)
def test_of_a_stack_trace_the_causes_and_own_frames_are_kept(
    trace: str, told: str, names: tuple[str, ...]
) -> None:
    read = understand(f"since the rollout\n{trace}")
    assert read.forms == (Form.STACK_TRACE,)
    assert (read.text, read.names) == (f"since the rollout\n{told}", names)


def test_a_ruby_trace_keeps_what_was_raised() -> None:
    assert understand(RUBY).text.startswith("app/models/order.rb:12:in `total': undefined method")


def test_eighty_frames_become_three() -> None:
    frames = "\n".join(f"\tat com.acme.Deep.step{n}(Deep.java:{n})" for n in range(80))
    assert understand(f"java.lang.StackOverflowError\n{frames}").text == (
        "Stack Overflow Error\nin Deep.step0, Deep.step1, Deep.step2"
    )


SPOKEN = "payments fail for everyone\n502 from the gateway since the rollout"


@pytest.mark.parametrize(
    "chat",
    [
        "@rosa 10:02 hi all, payments fail for everyone :fire:\n"
        "@ben 10:05 502 from the gateway since the rollout",
        "@rosa 1:27pm payments fail for everyone\n"
        "@ben 1:29pm 502 from the gateway since the rollout :scream:",
        "[10:02] Rosa Lind: good morning\n[10:02] Rosa Lind: payments fail for everyone @ben\n"
        "[10:04] ben: looking\n[10:05] ben: 502 from the gateway since the rollout",
        "Rosa Lind  10:02 AM\npayments fail for everyone\n"
        "Ben  10:05 AM\n502 from the gateway since the rollout",
        "12/03/2026, 10:02 - Rosa Lind: payments fail for everyone\n"
        "12/03/2026, 10:05 - Ben: 502 from the gateway since the rollout",
        "<rosa> payments fail for everyone\n<ben> 502 from the gateway since the rollout\n<ben> +1",
        "[10:02:11] <rosa> payments fail for everyone\n"
        "[10:05:40] <ben> 502 from the gateway since the rollout",
    ],
)
def test_of_a_chat_what_was_said_is_kept(chat: str) -> None:
    read = understand(chat)
    assert (read.forms, read.text) == ((Form.CHAT,), SPOKEN)


def test_a_trace_in_a_chat_is_both() -> None:
    read = understand(f"@rosa 10:02 the invoices stopped\n{NODE}\n@ben 10:04 since noon")
    assert read.forms == (Form.STACK_TRACE, Form.CHAT)
    assert read.text.split("\n")[0] == "the invoices stopped"


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (
            f"2026-03-01T10:02:03.123Z ERROR request {UUID} of 10.1.2.3 failed: reset\n"
            f"2026-03-01T10:02:04.001Z ERROR request {OTHER_UUID} of 10.1.2.4 failed: reset\n"
            "2026-03-01T10:02:05.123Z WARN circuit open",
            "ERROR request of failed: reset\nWARN circuit open",
        ),
        (
            "Mar 12 10:02:03 web-1 haproxy[123]: backend orders has no server\n"
            "Mar 12 10:02:04 web-1 haproxy[124]: backend orders has no server",
            "haproxy: backend orders has no server",
        ),
        (
            "E0611 02:14:55.123456   17 watch.go:138] watch failed: timeout\n"
            "W0611 02:14:57.000001   17 lease.go:12] lost the lease",
            "watch.go:138] watch failed: timeout\nlease.go:12] lost the lease",
        ),
        (
            '10.0.0.9 - - [12/Mar/2026:10:02:03 +0000] "GET /pay HTTP/1.1" 502\n'
            '10.0.0.8 - - [12/Mar/2026:10:02:04 +0000] "GET /pay HTTP/1.1" 502',
            '- - "GET /pay HTTP/1.1" 502',
        ),
    ],
)
def test_of_a_log_what_happened_is_kept_once(log: str, told: str) -> None:
    read = understand(log)
    assert (read.forms, read.text) == ((Form.LOG,), told)


def test_front_matter_keeps_what_tells() -> None:
    draft = (
        "---\ntitle: Orders slow\ndate: 2026-03-01\nauthor: Rosa\n"
        "services: [order-api]\n---\n# Slow\n\nTen seconds.\n"
    )
    read = understand(draft)
    assert (read.forms, read.text) == ((Form.FRONT_MATTER,), "Orders slow\norder-api\n# Slow\nTen seconds.")


@pytest.mark.parametrize(
    "text",
    [
        "checkout pods restart, OOMKilled",
        '{"alerts": [{"labels": {"alertname": "KubePodCrash',
        "10:02 deploy started\n10:05 errors rise\n10:09 rolled back",
        'Pods restart, see {"code": 500} in the log of checkout',
        "It failed at checkout (see below)\nand at billing",
        "INFO: started\nERROR: no route to host",
        '["only", 1, null]x' * 3,
        "# Summary\n\nOn 2024-03-01 10:00:00 the queue stopped.\n\n# Cause\n\nA full disk.\n\nAnd more.",
    ],
)
def test_plain_text_and_what_only_looks_like_a_form_stay_as_they_are(text: str) -> None:
    read = understand(text)
    assert (read.text, read.forms, read.names) == (text, (), ())


@pytest.mark.parametrize("text", ['{"id": "8a1f0c2b7d3e4f55"}', "@rosa 10:02 thanks\n@ben 10:03 ok"])
def test_noise_alone_is_searched_as_it_stands(text: str) -> None:
    assert understand(text).text == text


PIECES = st.sampled_from(
    [
        *JAVA.split("\n"),
        *PYTHON.split("\n"),
        *GO.split("\n"),
        *RUBY.split("\n"),
        *NODE.split("\n"),
        "@a 10:02 b",
        "---",
        "[10:02] a: b",
        "2026-03-01T10:02:03Z x",
        '{"alerts": [',
        '{"labels": {}, "annotations": {}}',
        "a: b",
        "",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["alerts", "labels", "event", "payload", "summary", "pod"]), inner)
    ),
    max_leaves=12,
)


@given(
    st.text()
    | st.lists(PIECES | st.text(), max_size=12).map("\n".join)
    | JSON.map(json.dumps)
    | JSON.map(lambda value: json.dumps(value) + "\nmore")
)
def test_anything_is_understood_and_nothing_with_words_comes_out_empty(text: str) -> None:
    read = understand(text)
    assert has_words(read.text) == has_words(text)
    assert understand(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "[[" * 80_000,
        '{"' * 60_000,
        '{"a":' * 30_000,
        "\n" * 180_000 + "x",
        "A$" * 90_000,
        ":a" * 90_000,
        "at " * 60_000,
        'time="' * 30_000,
        json.dumps({"a": "\n" * 150_000 + "b c d"}),
        "0x" * 90_000,
        "@a 10:0" * 25_000,
    ],
    ids=lambda text: text[:6].strip(),
)
def test_hostile_texts_take_no_longer_than_others(text: str) -> None:
    started = time.perf_counter()
    understand(text)
    assert time.perf_counter() - started < 5
