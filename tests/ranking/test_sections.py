"""Which section of a runbook is opened."""

from __future__ import annotations

from rca_search.models import Chunk, Role
from rca_search.ranking.passages import RankedChunk, opened_first

ENOUGH = "one two three four five six seven eight nine ten"


def order(*sections: tuple[float, Role, tuple[str, ...]], text: str = ENOUGH) -> list[str]:
    """Return the last headings of sections, given with their totals, in the order that they are shown."""
    chunks = {
        number: Chunk(f"r#{number}", "r", headings, role, text, 1, 1)
        for number, (_, role, headings) in enumerate(sections)
    }
    found = [RankedChunk(number, total, 0.0) for number, (total, _, _) in enumerate(sections)]
    found.sort(key=lambda one: -one.total)
    return [chunks[one.chunk].headings[-1] for one in opened_first(found, chunks)]


def test_what_to_do_goes_before_what_it_means_and_the_rest_keeps_its_order() -> None:
    sections = (
        (3.0, Role.SUMMARY, ("T", "Meaning")),
        (2.0, Role.IMPACT, ("T", "Impact")),
        (0.5, Role.DIAGNOSIS, ("T", "Diagnosis")),
        (-0.5, Role.RESOLUTION, ("T", "Mitigation")),
    )
    assert order(*sections) == ["Mitigation", "Meaning", "Impact", "Diagnosis"]


def test_diagnosis_is_opened_where_it_fits_much_better() -> None:
    sections = ((2.0, Role.DIAGNOSIS, ("T", "Diagnosis")), (0.4, Role.RESOLUTION, ("T", "Mitigation")))
    assert order(*sections) == ["Diagnosis", "Mitigation"]


def test_a_part_belongs_to_the_problem_above_it() -> None:
    sections = (
        (1.0, Role.SYMPTOM, ("T", "Slow", "Symptoms")),
        (0.0, Role.RESOLUTION, ("T", "Slow", "Scale it")),
        (-1.0, Role.SYMPTOM, ("T", "Memory", "Symptoms")),
        (0.2, Role.RESOLUTION, ("T", "Memory", "Restart it")),
    )
    assert order(*sections)[0] == "Scale it"


def test_a_section_of_a_few_words_tells_nobody_what_to_do() -> None:
    sections = ((1.0, Role.SUMMARY, ("T", "Meaning")), (0.0, Role.RESOLUTION, ("T", "Mitigation")))
    assert order(*sections, text="None known.") == ["Meaning", "Mitigation"]


def test_without_such_a_section_the_best_match_stays_first() -> None:
    assert order((1.0, Role.OTHER, ("T", "Notes")), (2.0, Role.SYMPTOM, ("T", "Signs"))) == ["Signs", "Notes"]
    assert order() == []
