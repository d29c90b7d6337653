"""Whose turn it is: turns per host, leaves before pages, second looks, the circuit breaker."""

from __future__ import annotations

from collectors.frontier import FAILURES_TO_BREAK, Frontier
from collectors.walked import LinkSeen, Places


def link(path: str, *, host: str = "a.test", follow: bool = False) -> LinkSeen:
    return LinkSeen(f"http://{host}/{path}", "internal", 2, Places([]), follow=follow)


def taken(frontier: Frontier, now: float = 0.0) -> list[str]:
    """The paths of all turns there are right now."""
    found = []
    while turn := frontier.take(now):
        found.append(turn.link.url.rsplit("/", 1)[1])
    return found


def test_no_host_gets_more_turns_than_allowed_and_hosts_take_turns() -> None:
    frontier = Frontier(2)
    links = [link(f"a{n}") for n in range(3)] + [link(f"b{n}", host="b.test") for n in range(3)]
    for one in links:
        frontier.add(one)
    assert taken(frontier) == ["a0", "b0", "a1", "b1"]
    frontier.finished(links[0], None, 200)
    assert taken(frontier) == ["a2"]


def test_leaves_go_before_pages_but_leave_them_a_quarter_of_the_turns() -> None:
    frontier = Frontier(4)
    for number in range(3):
        frontier.add(link(f"page{number}", follow=True))
    for number in range(5):
        frontier.add(link(f"leaf{number}"))
    assert taken(frontier) == ["leaf0", "leaf1", "leaf2", "page0"]


def test_a_single_turn_still_serves_pages_and_leaves() -> None:
    frontier = Frontier(1)
    page, leaf = link("page", follow=True), link("leaf")
    frontier.add(page)
    frontier.add(leaf)
    assert taken(frontier) == ["leaf"]
    frontier.finished(leaf, None, 200)
    assert taken(frontier) == ["page"]


def test_a_second_look_comes_late_with_other_work_and_soon_without() -> None:
    frontier = Frontier(1)
    failed, other = link("failed"), link("other")
    failed.looks = 1
    frontier.add(other)
    frontier.add_later(failed, soon=1.0, late=20.0)
    assert frontier.due() == 1.0
    assert taken(frontier, now=0.5) == ["other"]
    frontier.finished(other, None, 200)
    assert taken(frontier, now=0.9) == []
    assert taken(frontier, now=1.1) == ["failed"]
    assert frontier.due() is None


def test_a_second_look_does_not_wait_for_ever_behind_other_work() -> None:
    frontier = Frontier(1)
    failed = link("failed")
    failed.looks = 1
    frontier.add_later(failed, soon=1.0, late=20.0)
    for number in range(3):
        frontier.add(link(f"page{number}", follow=True))
    assert taken(frontier, now=21.0) == ["failed"]


def test_a_host_that_never_answered_is_given_up() -> None:
    frontier = Frontier(FAILURES_TO_BREAK)
    links = [link(str(n)) for n in range(FAILURES_TO_BREAK + 2)]
    for one in links:
        frontier.add(one)
    assert len(taken(frontier)) == FAILURES_TO_BREAK
    for one in links[:FAILURES_TO_BREAK]:
        frontier.finished(one, "timeout", None)
    turns = [frontier.take(0.0), frontier.take(0.0)]
    assert [turn.broken for turn in turns if turn] == ["timeout", "timeout"]


def test_a_host_that_answered_once_is_never_given_up() -> None:
    frontier = Frontier(1)
    links = [link(str(n)) for n in range(FAILURES_TO_BREAK + 3)]
    for one in links:
        frontier.add(one)
    for number, one in enumerate(links[:-1]):
        turn = frontier.take(0.0)
        assert turn is not None
        assert turn.broken is None
        frontier.finished(one, None if number == 0 else "timeout", 200 if number == 0 else None)
    assert frontier.take(0.0) is not None


def test_what_nobody_asked_for_is_told() -> None:
    frontier = Frontier(1)
    late = link("late")
    frontier.add(link("one"))
    frontier.add(link("two"))
    frontier.add_later(late, 1.0, 2.0)
    frontier.take(0.0)
    assert [one.url[-3:] for one in frontier.left()] == ["two", "ate"]


def test_pages_go_level_by_level_and_templates_in_turn() -> None:
    frontier = Frontier(20)
    deeper = link("deep-1.html", follow=True)
    deeper.level = 3
    for page in [deeper, *(link(f"t{n}.html", follow=True) for n in range(3)), link("ask?id=7", follow=True)]:
        frontier.add(page)
    frontier.add(link("ask?id=8", follow=True))
    assert taken(frontier) == ["t0.html", "ask?id=7", "t1.html", "ask?id=8", "t2.html", "deep-1.html"]
    assert frontier.waiting == 0
    assert taken(frontier) == []


def test_pages_nobody_asked_for_are_told() -> None:
    frontier = Frontier(1)
    pages = [link("t1.html", follow=True), link("t2.html", follow=True), link("list/", follow=True)]
    for page in pages:
        frontier.add(page)
    assert taken(frontier) == ["t1.html"]
    assert {left.url for left in frontier.left()} == {pages[1].url, pages[2].url}
