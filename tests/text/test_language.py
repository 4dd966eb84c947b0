"""The data files of languages: whole, without slips, and telling languages apart."""

from __future__ import annotations

import re

import pytest

from rca_search.text.dates import FieldError, find_date, parse_date
from rca_search.text.durations import parse_minutes
from rca_search.text.language import Language, language_code, languages, months, units

TEXTS = {
    "en": "The queue was full and the consumers were not able to read from it, so that orders waited for the whole "
    "night. We restarted the broker, and it was over. That is what happened with this queue.",
    "de": "Die Warteschlange war voll und die Verbraucher konnten nicht von ihr lesen, so dass die Bestellungen die "
    "ganze Nacht warteten. Wir haben den Broker neu gestartet, und damit war es vorbei, mit der Warteschlange.",
    "fr": "La file était pleine et les consommateurs ne pouvaient pas lire, de sorte que les commandes ont attendu "
    "toute la nuit. Nous avons redémarré le courtier et c'était fini pour la file dans la nuit avec les commandes.",
    "es": "La cola estaba llena y los consumidores no podían leer de ella, de modo que los pedidos esperaron toda la "
    "noche. Se reinició el servidor y con eso terminó, que era lo que se necesitaba para la cola en la noche.",
    "ja": "キューがいっぱいになり、コンシューマーが読み取れなかったため、注文が一晩待たされた。再起動して復旧した。",
    "zh": "队列已满，消费者无法读取，订单等待了一整夜。我们重启了代理，问题解决了，服务恢复正常。",
    "ru": "Очередь была заполнена, и потребители не могли читать из неё, поэтому заказы ждали всю ночь.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_the_language_of_a_text(code: str) -> None:
    assert language_code(TEXTS[code]) == code


@pytest.mark.parametrize(
    "text", ["", "x", "ERROR 503 at 10:42", "kubectl get pods -n shop " * 20, "1234 " * 100]
)
def test_what_tells_no_language(text: str) -> None:
    assert language_code(text) == ""


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.code)
def test_a_file_is_whole(language: Language) -> None:
    assert re.fullmatch(r"[a-z]{2}", language.code)
    assert len(language.months) == 12
    assert set(language.units) == {"w", "d", "h", "m", "s"}
    assert {"incident", "runbook", "service", "other"} == set(language.kinds)
    assert {"title", "date", "severity", "services", "status", "duration", "authors", "start", "end"} <= set(
        language.fields
    )
    for tables in (language.parts, language.fields, language.kinds, language.units):
        for names in tables.values():
            assert names
            assert all(name == " ".join(name.split()) and name for name in names)
    for pattern in (each for patterns in language.phrases.values() for each in patterns):
        re.compile(pattern)


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.code)
def test_its_months_and_units_are_read(language: Language) -> None:
    for number, names in enumerate(language.months, 1):
        for name in names:
            if not name[0].isdigit() and months()[name] == number:
                assert find_date(f"on 5 {name} 2025") is not None, name
    for unit, minutes in (("h", 120), ("m", 2), ("d", 2880)):
        for name in language.units[unit]:
            if units()[name.casefold()] == unit:
                assert parse_minutes(f"2 {name}") == minutes, name


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1 Stunde und 5 Minuten", 65),
        ("etwa 2 Stunden", 120),
        ("environ 1 h 15", 75),
        ("1,5 Stunden", 90),
        ("1.5 hours", 90),
        ("1,200 minutes", 1200),
        ("4 ч 18 мин", 258),
        ("1小时15分钟", 75),
        ("約1時間30分", 90),
    ],
)
def test_lengths_of_time(text: str, minutes: int) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["2,5,5 hours", "1,20,0 minutes", "ein paar Stunden", "h"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(FieldError):
        parse_minutes(text)


@pytest.mark.parametrize(
    "text", ["2024年6月3日 10:05", "3. Juni 2024", "3 de junio de 2024", "3 июня 2024", "03.06.2024"]
)
def test_dates(text: str) -> None:
    assert parse_date(text).isoformat() == "2024-06-03"
