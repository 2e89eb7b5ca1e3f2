"""Classes: what teacher and students ask and are told, who may join, and what is forgotten."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("panel")

from sim.app import limits
from sim.app.classroom.class_register import (
    CODE_LENGTH,
    LETTERS,
    ClassRegister,
    FullError,
    code_of,
)
from sim.app.language import preferred
from sim.app.lessons.lesson import lessons
from sim.app.lessons.lesson_runs import DOWN, PAIRS, LessonEvidence
from sim.app.thread_pool import ThreadPool
from tests.app.serving import PATIENCE, Served, serving_blank

if TYPE_CHECKING:
    from sim.world import World

LESSON = next(iter(lessons().values()))


def evidence() -> LessonEvidence:
    """Return runs in which the outcome to predict falls by a fifth, as it were."""
    names = LESSON.experiment.outcomes
    usual = 100.0 + np.arange(PAIRS) % 3
    paths = np.stack([usual, 0.8 * usual])[:, :, None, None].repeat(len(names), axis=2)
    return LessonEvidence(names, np.array([2020.0]), paths)


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve classes whose lessons need no runs."""

    def compute(register: ClassRegister, lesson: Any) -> None:
        register.evidence[lesson.name] = evidence()

    monkeypatch.setattr(ClassRegister, "compute", compute)
    with serving_blank(world, language="", prefix="/a") as running:
        yield running


def told(
    served: Served, page: str, given: object, status: int = 200, **headers: str
) -> dict[str, Any]:
    """Return what a page of a class is told, below the prefix."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    try:
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        connection.request("POST", f"/a/{page}", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == status, text
        return dict(json.loads(text)) if status == 200 else {}
    finally:
        connection.close()


def begun(served: Served, language: str = "en") -> tuple[dict[str, str], str]:
    """Begin a class; return what the teacher's page keeps, and the code."""
    at = f"http://localhost:{served.port}/a/class?lang={language}"
    answer = told(served, f"class?lang={language}", {"do": "start", "at": at})
    shown = answer["stage"].partition('class="letters">')[2].partition("<")[0]
    return answer["kept"], code_of(shown)


def test_thirty_students_predict_and_all_see_the_answer(served: Served) -> None:
    teacher, code = begun(served)
    assert len(code) == CODE_LENGTH
    students = [told(served, "join", {"do": "join", "code": code})["kept"] for _ in range(30)]
    assert len({student["student"] for student in students}) == 30
    opened = told(served, "class", teacher | {"do": "open", "lesson": LESSON.name})
    assert "30 students have joined." in opened["live"]
    for number, student in enumerate(students):
        made = told(served, "join", student | {"do": "predict", "guess": str(number % 5)})
        assert made["said"].startswith("Your prediction is in.")
        assert "within" not in made["stage"]
    changed = told(served, "join", students[0] | {"do": "predict", "guess": str(DOWN)})
    assert "Change my prediction" in changed["stage"]
    live = told(served, "class", teacher | opened["shown"])
    assert "30 predictions are in." in live["live"]
    assert "stage" not in live
    assert "live" not in told(served, "class", teacher | live["shown"])
    told(served, "class", teacher | {"do": "close"})
    late = told(served, "join", students[1] | {"do": "predict", "guess": str(DOWN)})
    assert late["said"] == "The question is closed."
    assert "model’s answer" not in late["stage"]
    revealed = told(served, "class", teacher | {"do": "reveal"})
    assert "7 predictions" in revealed["live"].partition("model’s answer")[2]
    assert "95\u00a0% interval" in revealed["live"]
    assert "Your guess was right." in told(served, "join", students[0])["stage"]
    assert "It goes the other way." in told(served, "join", students[3])["stage"]
    sheet = told(served, "class", teacher | {"do": "sheet"})["file"]
    assert LESSON.title in sheet
    assert "30 predictions are in." in sheet
    assert not any(student["student"] in sheet for student in students)
    ended = told(served, "class", teacher | {"do": "end"})
    assert ended["kept"] == {}
    assert ended["file"] == sheet
    assert "at_once" not in ended
    gone = told(served, "join", students[0])
    assert gone["kept"] == {}
    assert "The class has ended." in gone["stage"]
    assert "aria-invalid" not in gone["stage"]


def test_the_pages_are_light_and_run_their_own_script_only(served: Served) -> None:
    for path in ("/a/class", "/a/join?lang=es"):
        page = served.ask(path)
        policy = page.headers["content-security-policy"]
        assert page.status == 200
        assert len(page.text) < 20_000
        assert "unsafe" not in policy
        assert page.text.count("<script nonce=") == page.text.count("<script") == 1
    assert '<html lang="es"' in served.ask("/a/join?lang=es").text
    assert '<html lang="pt"' in served.ask("/a/join", Accept_Language="pt-BR,en;q=0.5").text
    assert served.ask("/join").status == 404


def test_a_class_speaks_the_language_of_each(served: Served) -> None:
    teacher, code = begun(served)
    told(served, "class", teacher | {"do": "open", "lesson": LESSON.name})
    assert LESSON.title not in told(served, "join?lang=es", {"do": "join", "code": code})["stage"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (b"", 400),
        (b"[1]", 400),
        (b'{"key": 1}', 400),
        (b"[" * 900, 400),
        (b"\xff", 400),
        (b" " * (limits.CLASS_BODY_BYTES + 1), 413),
        ({"do": "start", "at": "javascript:alert(1)"}, 400),
        ({"do": "start", "at": "http://x/<b>/class"}, 400),
    ],
)
def test_what_no_page_asks_is_refused(served: Served, given: object, status: int) -> None:
    told(served, "class", given, status)


def test_other_sites_start_no_class(served: Served) -> None:
    at = f"http://localhost:{served.port}/a/class"
    told(served, "class", {"do": "start", "at": at}, 403, Origin="http://elsewhere.example")


def test_who_has_no_key_leads_nothing(served: Served) -> None:
    _teacher, code = begun(served)
    for key in ("", code, "x"):
        assert told(served, "class", {"key": key, "do": "reveal"})["kept"] == {}
    wrong = told(served, "join", {"do": "join", "code": "BBBB BBBB"})
    assert wrong["kept"] == {}
    assert "There is no class with this code." in wrong["stage"]


@pytest.fixture
def register(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClassRegister]:
    """Return a register of two classes of two students, whose clock stands at its last number."""
    monkeypatch.setattr(limits, "CLASSES", 2)
    monkeypatch.setattr(limits, "CLASS_STUDENTS", 2)
    pool, times = ThreadPool(), [0.0]
    register = ClassRegister(world, pool, lambda: times[-1])
    register.times = times  # type: ignore[attr-defined]
    yield register
    pool.close()


def test_classes_are_bounded_and_forgotten(register: ClassRegister) -> None:
    times: list[float] = register.times  # type: ignore[attr-defined]
    one, two = register.start("http://x/join"), register.start("http://x/join")
    with pytest.raises(FullError):
        register.start("http://x/join")
    times.append(limits.CLASS_UNLED_SECONDS - 1.0)
    assert register.led_by(one.key) is one
    times.append(limits.CLASS_UNLED_SECONDS + 1.0)
    assert register.joined_by(two.code) is None
    assert register.joined_by(one.code) is one
    while times[-1] < limits.CLASS_SECONDS:
        times.append(times[-1] + 100.0)
        register.led_by(one.key)
    assert register.joined_by(one.code) is None
    assert not register._classes


def test_a_full_class_lets_in_whom_replaces_the_silent(register: ClassRegister) -> None:
    made = register.start("http://x/join")
    first = made.admit(0.0)
    second = made.admit(1.0)
    made.ask(LESSON)
    assert made.predict(first, DOWN)
    assert not made.predict("nobody", DOWN)
    assert not made.predict(first, 5)
    with pytest.raises(FullError):
        made.admit(2.0)
    third = made.admit(limits.CLASS_SILENT_SECONDS + 0.5)
    assert set(made.students) == {second, third}
    assert made.guesses == {}


def test_guessing_a_code_takes_longer_than_a_class_lasts() -> None:
    asked = 2_000 * limits.CLASS_SECONDS  # more than one server answers meanwhile
    assert asked * limits.CLASSES / len(LETTERS) ** CODE_LENGTH < 0.001


def test_a_browser_says_which_language_it_wants() -> None:
    assert preferred("es-MX,es;q=0.9,en;q=0.8")[0] == "es"
    assert preferred("x;q=y, pt")[:1] == ["pt"]
    assert len(preferred("a," * 10_000)) < 200
