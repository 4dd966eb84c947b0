"""A small company: services, incidents that link and resemble each other, and runbooks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.service import SearchService

POWER_CUT = "---\ntitle: {0}\ndate: 2025-01-0{1}\n---\n# {0}\n\n## Impact\n\nThe {2} lost power.\n"
DOCUMENTS = {
    "RCAs/2024-02-01-pool.md": """\
---
title: Checkout pool exhausted
id: INC-1
date: 2024-02-01
severity: SEV-1
services: [checkout-api, postgres]
tags: [database]
---
# Checkout pool exhausted

Nobody could pay.

## Symptoms

HikariPool-1 timed out waiting for a connection.

## Root Cause

A slow query held every connection of the pool.

## Resolution

Killed the query and raised the pool to 50.

## Related Incidents

- [[Runbooks/pool-recovery]]
""",
    "RCAs/2024-08-09-pool-again.md": """\
---
title: Payments pool exhausted again
id: INC-2
date: 2024-08-09
severity: sev1
services: [payments]
---
# Payments pool exhausted again

## Symptoms

HikariPool-1 timed out; every connection of the pool was held.

## Resolution

Restarted payments.

## Related

See [[INC-1]] and [[recovery]].
""",
    "RCAs/2025-03-03-certificate.md": """\
---
title: Certificate expired at the edge
date: 2025-03-03
severity: SEV-2
services: [ingress]
tags: [TLS]
---
# Certificate expired at the edge

## Symptoms

Browsers refused x509 certificates.

## Resolution

Renewed the certificate.
""",
    "RCAs/undated-disk.md": """\
---
title: Disk of search full
kind: incident
services: [search-api]
---
# Disk of search full

## Symptoms

No space left on device.

## Resolution

Deleted old logs.
""",
    "RCAs/north/outage.md": POWER_CUT.format("North", 1, "north"),
    "RCAs/south/outage.md": POWER_CUT.format("South", 2, "south"),
    "Runbooks/pool-recovery.md": """\
---
aliases: [recovery]
---
# Recover an exhausted pool

## Symptoms

HikariPool-1 timed out.

## Steps

Find the query that holds the connections and kill it.
""",
    "Runbooks/ingress-certificates.md": "# Renew certificates\n\n## Steps\n\nIssue x509 certificates anew.\n",
    "Runbooks/payments.md": "# Restart the money service\n\n## Steps\n\nRoll the deployment.\n",
    "Runbooks/coffee.md": "# Coffee machine\n\n## Steps\n\nDescale it.\n",
    "Services/checkout-api.md": "# checkout-api\n\nTakes orders and holds a pool of connections.\n",
}


@pytest.fixture(scope="session")
def documents() -> dict[str, str]:
    return dict(DOCUMENTS)


@pytest.fixture(scope="session")
def service(make_service: Callable[..., SearchService]) -> SearchService:
    """The company's documents, indexed with the stand-in for a model."""
    return make_service(DOCUMENTS, HashingEncoder())
