"""Heading names to roles."""

from __future__ import annotations

import pytest

from rca_search.models import Role
from rca_search.sources.roles import exact_role, inherited_role, is_time, normalised, role_of
from rca_search.text.language import Language, languages


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Summary", Role.SUMMARY),
        ("TL;DR", Role.SUMMARY),
        ("Meaning", Role.SUMMARY),
        ("What happened?", Role.SUMMARY),
        ("Symptoms:", Role.SYMPTOM),
        ("Fallout", Role.IMPACT),
        ("\U0001f525 Impact on customers", Role.IMPACT),
        ("Affected Services", Role.IMPACT),
        ("How did we notice?", Role.DETECTION),
        ("Timeline: (in PT)", Role.TIMELINE),
        ("Root Cause", Role.CAUSE),
        ("3. Root-cause analysis", Role.CAUSE),
        ("5 Whys", Role.CAUSE),
        ("Contributing Factors (findings)", Role.CAUSE),
        ("Why it could happen", Role.CAUSE),
        ("Root cause & impact", Role.CAUSE),
        ("Impact and resolution", Role.RESOLUTION),
        ("Mitigation", Role.RESOLUTION),
        ("How to fix high CPU", Role.RESOLUTION),
        ("Recommended Actions", Role.RESOLUTION),
        ("Steps", Role.RESOLUTION),
        ("Step 2: Diagnosis", Role.DIAGNOSIS),
        ("Troubleshooting", Role.DIAGNOSIS),
        ("PromQL queries used to troubleshoot", Role.DIAGNOSIS),
        ("What Didn't Go So Well?", Role.LESSONS),
        ("What didn\u2019t go well", Role.LESSONS),
        ("Where we got lucky", Role.LESSONS),
        ("Action Items (should be achievable in short-medium term. immediately actionable):", Role.ACTIONS),
        ("Follow-up", Role.ACTIONS),
        ("Short-term Improvements ([here](https://example.org))", Role.ACTIONS),
        ("See also", Role.RELATED),
        ("Attendees", Role.OTHER),
        ("2025-03-05 14:05 UTC", Role.TIMELINE),
        ("14:05", Role.TIMELINE),
        ("May 12", Role.TIMELINE),
        ("2X:XX (not sure exact time)", Role.TIMELINE),
        ("Slow disk", None),
        ("May increase the load", None),
        ("October 21, 2025 - Redis overload", None),
        ("A long title of an incident whose root cause was found only after two weeks", None),
        ("", None),
    ],
)
def test_names_of_parts(heading: str, role: Role | None) -> None:
    assert role_of(heading) is role


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.code)
def test_every_listed_name_stands_for_one_role_in_its_language(language: Language) -> None:
    listed = [(normalised(name), role) for role, names in language.parts.items() for name in names]
    names = [name.casefold() for names in language.parts.values() for name in names]
    assert len(set(names)) == len(names)
    taken = {normalised(name) for names in languages()[0].parts.values() for name in names}
    own = [(name, Role(role)) for name, role in listed if language.code == "en" or name not in taken]
    found = [(name, exact_role(name)) for name, _ in own]
    others = {role for role, names in language.parts.items() if names}
    assert others >= {"cause", "resolution", "timeline", "impact", "summary", "actions"}
    assert sum(pair in own for pair in found) >= 0.9 * len(own), set(found) - set(own)
    if language.code == "en":
        assert found == own


def test_exact_names_take_no_longer_heading() -> None:
    assert exact_role("Cause of much trouble") is None
    assert exact_role("Root cause / impact") is Role.CAUSE


@pytest.mark.parametrize(
    ("heading", "parent", "role"),
    [
        ("Slow disk", Role.DIAGNOSIS, Role.DIAGNOSIS),
        ("Mitigation", Role.DIAGNOSIS, Role.RESOLUTION),
        ("Detection", Role.ACTIONS, Role.ACTIONS),
        ("What went wrong", Role.LESSONS, Role.LESSONS),
        ("What went wrong", None, Role.CAUSE),
        ("Action items", Role.LESSONS, Role.ACTIONS),
        ("Anything", Role.TITLE, Role.OTHER),
        ("Anything", None, Role.OTHER),
        ("Attendees", Role.TIMELINE, Role.OTHER),
    ],
)
def test_a_heading_without_a_role_takes_its_parents(heading: str, parent: Role | None, role: Role) -> None:
    assert inherited_role(heading, parent) is role


@pytest.mark.parametrize(
    "text", ["2021-04-19T21:12:00-00:00", "Mon, 3 March 10:00", "March 5th", "9:06", "10 am"]
)
def test_points_in_time(text: str) -> None:
    assert is_time(text)


@pytest.mark.parametrize(
    "text", ["March release", "2025-03-05-queue", "Version 10:2 of the tool", "3 March madness"]
)
def test_no_points_in_time(text: str) -> None:
    assert not is_time(text)
