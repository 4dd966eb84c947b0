"""What a pasted question was read as, in a line, so that nobody wonders what was searched."""

from __future__ import annotations

from rca_search.cli.fitting import fitting
from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.models import Form, Understood

_CALLED = {
    Form.FRONT_MATTER: "a draft with front matter",
    Form.ALERTMANAGER: "Alertmanager alerts",
    Form.PAGERDUTY: "a PagerDuty event",
    Form.JSON: "JSON",
    Form.STACK_TRACE: "a stack trace",
    Form.CHAT: "a chat",
    Form.LOG: "log lines",
}


def render_understood(page: Page, understood: Understood, *, verbose: bool) -> None:
    """Add what was made of the question; nothing where it is searched as it stands."""
    if not understood.forms and not understood.abridged:
        return
    called = " with ".join(_CALLED[form] for form in understood.forms) or "a long text"
    if understood.abridged:
        called += ", by meaning in its most telling parts and by all of its words"
    lines = [safe_line(line) for line in understood.text.split("\n") if line.strip()]
    if verbose:
        page.line(f"Read as {called}:", style="dim")
        if understood.names:
            lines.append(f"and exactly: {safe_line(', '.join(understood.names))}")
        for line in lines:
            page.line(line, indent=2, style="dim")
    else:
        page.line(fitting(f"Read as {called}: {' · '.join(lines)}", page.width), style="dim")
    page.gap()
