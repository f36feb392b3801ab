"""Problems that group faults, and the article that a first-seen fault owes."""

from typing import Any

import pytest

from roundtag import clock, commands, faults, knowledge, ledger, problems, search
from roundtag.access import ATTENDEE, Actor
from roundtag.db import write
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.knowledge import Words, WriteArticle
from roundtag.models import ArticleExcuse, Fault, FirstSeen, Log, Problem, ProblemFault
from tests import world as worlds
from tests.seeing import at_once, leaf_texts, queries_of, snapshot
from tests.world import World, deliver, fault_form, run

CAUSE = "固件 1.2 冷启动缺陷"


def fault(world: World, device: int = 0, **more: str) -> int:
    return int(deliver("fault", fault_form(world, device, **more), world.engineer).subject_id or 0)


def open_(world: World, *keys: int, who: Actor | None = None) -> int:
    order = problems.OpenProblem(keys, "投影机冷启动黑屏", "software_bug", "projector")
    return int(run(problems.open_problem, order, who or world.engineer).subject_id or 0)


def add(world: World, problem: int, key: int) -> Any:
    return run(problems.add_fault_to_problem, problems.AddFault(problem, key), world.engineer)


def update(world: World, key: int, **more: Any) -> Any:
    seen = problems.page(key, world.manager).seen
    values = {"title": "新题", "kind": "device", "category": "projector", "root_cause": None,
              "workaround": None, "seen": seen, **more}  # fmt: skip
    return run(problems.update_problem, problems.UpdateProblem(key, **values), world.manager)


def members(key: int, actor: Actor) -> list[int]:
    return sorted(line.id for line in problems.page(key, actor).faults)


@pytest.fixture
def writer(world: World) -> Actor:
    return worlds.person("quality-p", ("quality", "provider", None))


def test_a_problem_from_its_first_fault_to_its_end(world: World) -> None:
    first, second = fault(world), fault(world, 1)
    key = open_(world, first)
    month = f"{clock.local(clock.now()):%y%m}"
    assert problems.page(key, world.viewer).line.number == f"P-{month}-001"
    add(world, key, second)
    assert members(key, world.engineer) == [first, second]
    assert update(world, key, workaround="开两次").outcome == "done"
    assert problems.page(key, world.engineer).line.state == "known_error"
    assert update(world, key).outcome == "done"
    assert problems.page(key, world.engineer).line.state == "open"
    run(problems.resolve_problem, problems.ResolveProblem(key, CAUSE), world.manager)
    page = problems.page(key, world.engineer)
    assert (page.line.state, page.root_cause) == ("resolved", CAUSE)
    assert page.resolved_by == "manager-a 先生"
    for word in (CAUSE, "冷启动黑屏", "开两次"):
        assert word not in leaf_texts()
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_a_fault_is_in_one_problem_and_may_be_taken_out(world: World) -> None:
    first, second = fault(world), fault(world, 1)
    one, two = open_(world, first), open_(world, second)
    told = add(world, two, first)
    assert (told.outcome, told.url) == ("conflict", f"/problems/{one}")
    again = run(
        problems.open_problem, problems.OpenProblem((first,), "x", "device"), world.engineer
    )
    assert again.outcome == "conflict"
    assert Problem.select().count() == 2
    run(problems.remove_fault_from_problem, problems.RemoveFault(one, first), world.manager)
    assert add(world, two, first).outcome == "done"
    assert add(world, two, first).outcome == "done"  # the same once more is nothing new
    assert (members(one, world.engineer), members(two, world.engineer)) == ([], [first, second])
    with pytest.raises(NotFound):
        run(problems.remove_fault_from_problem, problems.RemoveFault(one, first), world.manager)


def test_two_who_change_or_end_it_at_once(fresh_world: World) -> None:
    world = fresh_world
    key = open_(world, fault(world))
    seen = problems.page(key, world.manager).seen
    calls = [lambda w=w: update(world, key, seen=seen, workaround=w) for w in "ab"]
    assert sorted(one.outcome for one in at_once(calls)) == ["conflict", "done"]
    ends = [lambda: run(problems.resolve_problem, problems.ResolveProblem(key, "x"),
                        world.manager)] * 2  # fmt: skip
    assert sorted(one.outcome for one in at_once(ends)) == ["conflict", "done"]  # type: ignore[union-attr]


def test_two_problems_that_want_one_fault(fresh_world: World) -> None:
    world = fresh_world
    wanted = fault(world)
    keys = [open_(world, fault(world, 1, symptom=s)) for s in ("power", "network")]
    told = at_once([lambda k=k: add(world, k, wanted) for k in keys])
    assert sorted(one.outcome for one in told) == ["conflict", "done"]
    assert ProblemFault.select().where(ProblemFault.fault == wanted).count() == 1


def test_another_clients_faults_and_problems(world: World, other: World) -> None:
    mine, theirs = fault(world), fault(other)
    key, foreign = open_(world, mine), open_(other, theirs)
    free = fault(other, 1), fault(world, 1)
    both = worlds.person("desk-p", ("desk", "provider", None))
    before = snapshot()
    for call in (lambda: add(world, key, theirs), lambda: add(world, foreign, mine),
                 lambda: open_(world, theirs),
                 lambda: problems.page(foreign, world.engineer)):  # fmt: skip
        with pytest.raises(NotFound):
            call()
    for verb, order in (
        (problems.add_fault_to_problem, problems.AddFault(key, free[0])),
        (problems.open_problem, problems.OpenProblem(free, "x", "line")),
        (problems.add_fault_to_problem, problems.AddFault(key, number="F-0000-001")),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            run(verb, order, both)
    assert snapshot() == before
    assert [line.id for line in problems.listing(problems.Wish(), world.engineer).lines] == [key]


def test_who_may_not(world: World) -> None:
    mine = fault(world)
    key = open_(world, mine)
    seen = problems.page(key, world.engineer).seen
    before = snapshot()
    for verb, order, actor in (
        (problems.open_problem, problems.OpenProblem((mine,), "x", "line"), world.viewer),
        (problems.add_fault_to_problem, problems.AddFault(key, mine), ATTENDEE),
        (problems.remove_fault_from_problem, problems.RemoveFault(key, mine), world.engineer),
        (problems.resolve_problem, problems.ResolveProblem(key, "x"), world.engineer),
        (problems.update_problem, problems.UpdateProblem(key, "x", "line", "", None, None, seen),
         world.engineer),
        (knowledge.excuse_article, knowledge.ExcuseArticle(mine, "x"), world.engineer),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            run(verb, order, actor)
    assert snapshot() == before


def test_a_bug_opens_a_problem_within_another_deed(world: World) -> None:
    """What the verb that resolves a fault calls (D15); twice is once."""
    mine = Fault.get_by_id(fault(world))

    def take_step(command: object, deed: commands.Deed) -> commands.Outcome:
        made = [problems.open_for(deed, mine, "hardware_failure", "电源板") for _ in range(2)]
        return commands.Outcome("ok", subject_id=made[0].id if made[0] == made[1] else None)

    key = run(take_step, problems.RemoveFault(1, 1), world.engineer).subject_id
    page = problems.page(int(key or 0), world.engineer)
    assert (page.line.kind, page.line.category, len(page.faults)) == (
        "hardware_failure", "projector", 1)  # fmt: skip


def test_filters_in_a_fixed_number_of_queries(world: World) -> None:
    mine = fault(world)
    key = open_(world, mine)
    reads = (lambda: problems.listing(problems.Wish("all"), world.engineer),
             lambda: problems.page(key, world.engineer),
             lambda: problems.at_fault(mine, world.engineer))  # fmt: skip
    few = [queries_of(read) for read in reads]
    for symptom in ("power", "network", "echo_howling"):
        add(world, key, fault(world, 1, symptom=symptom))
    other = open_(world, fault(world, 1))
    run(problems.resolve_problem, problems.ResolveProblem(other, "x"), world.manager)
    assert [queries_of(read) for read in reads] == few == [1, 4, 4]

    def found(**chosen: str) -> list[int]:
        return [one.id for one in problems.listing(problems.Wish(**chosen), world.engineer).lines]

    assert (found(), found(state="resolved"), found(state="all")) == ([key], [other], [other, key])
    assert (found(kind="device"), found(category="projector")) == ([], [key])
    odd = Fields({"state": "x", "kind": "y", "category": "'"}.items())
    assert problems.read_wish(odd) == problems.Wish()


def test_an_article_written_from_a_problem_comes_first_at_its_faults(
    world: World, writer: Actor
) -> None:
    mine = fault(world)
    key = open_(world, mine)
    update(world, key, root_cause=CAUSE, workaround="断电重启", title="冷启动黑屏")
    begun = problems.prefilled(problems.page(key, world.manager))
    assert (begun.category, begun.symptoms) == ("projector", ("no_picture",))
    assert (begun.title, begun.body) == ("冷启动黑屏", f"{CAUSE}\n\n断电重启")
    assert world.room.name not in begun.title + begun.body
    for problem in (None, key):
        order = WriteArticle(Words("甲", "A", "1. 乙", "1. B"), "projector", problem_id=problem,
                             symptoms=begun.symptoms, publish=True)  # fmt: skip
        run(knowledge.write_article, order, writer)
    here = problems.at_fault(mine, world.engineer)
    assert [card.problem_id for card in here.articles] == [key, None]
    assert [card.problem_id for card in problems.page(key, world.engineer).articles] == [key]
    assert here.problem == (key, Problem.get_by_id(key).number, "冷启动黑屏")
    assert knowledge.page(here.articles[0].id, world.engineer).problem is not None


def test_an_article_names_no_problem_of_a_stranger(world: World, other: World) -> None:
    key = open_(world, fault(world))
    writer = worlds.person("quality-b", ("quality", "provider", None))
    order = WriteArticle(Words("甲", "", "1. 乙", ""), problem_id=key, publish=True)
    article = int(run(knowledge.write_article, order, writer).subject_id or 0)
    assert knowledge.page(article, other.engineer).problem is None
    bad = WriteArticle(Words("甲", "", "1. 乙", ""), problem_id=999_999)
    with pytest.raises(Invalid):
        run(knowledge.write_article, bad, writer)


@pytest.mark.parametrize(("read", "fields", "wrong"), [
    ("read_opened", {}, {"title": "required", "kind": "required", "fault": "required"}),
    ("read_opened", {"fault": "x", "title": "t", "kind": "y", "category": "z"},
     {"fault": "number", "kind": "unknown", "category": "unknown"}),
    ("read_findings", {"title": "x" * 121, "kind": "line"}, {"title": "long"}),
    ("read_added", {}, {"number": "required"}),
    ("read_resolution", {"cause": " "}, {"cause": "required"}),
])  # fmt: skip
def test_bad_fields_are_named(read: str, fields: dict[str, str], wrong: dict[str, str]) -> None:
    more = () if read == "read_opened" else (1,)
    with pytest.raises(Invalid) as told:
        getattr(problems, read)(Fields(fields.items()), *more)
    assert {e.field: e.code for e in told.value.errors} == wrong


# First-seen faults


def owing(world: World, key: int) -> bool:
    return problems.at_fault(key, world.engineer).owes


def test_the_first_of_its_kind_owes_an_article_until_one_is_published(
    world: World, other: World, writer: Actor
) -> None:
    first, second, elsewhere = fault(world), fault(world, 1), fault(other)
    assert [owing(world, key) for key in (first, second)] == [True, False]
    assert not problems.at_fault(elsewhere, other.engineer).owes  # the provider had one before
    assert [one.fault_id for one in knowledge.owed(world.engineer)] == [first]
    assert knowledge.owed(other.engineer) == []
    order = WriteArticle(Words("甲", "", "1. 乙", ""), "projector", symptoms=("no_picture",))
    draft = int(run(knowledge.write_article, order, writer).subject_id or 0)
    assert owing(world, first)
    run(knowledge.publish_article, knowledge.PublishArticle(draft, 1), writer)
    assert not owing(world, first)
    assert knowledge.owed(world.engineer) == []
    run(knowledge.retire_article, knowledge.RetireArticle(draft), writer)
    assert owing(world, first)


def test_or_until_somebody_says_why_none_is_needed(world: World) -> None:
    first = fault(world)
    order = knowledge.ExcuseArticle(first, "一次性的人为拔线")
    assert run(knowledge.excuse_article, order, world.manager).outcome == "done"
    assert run(knowledge.excuse_article, order, world.manager).outcome == "conflict"
    assert not owing(world, first)
    assert ArticleExcuse.select().count() == 1
    assert "拔线" not in leaf_texts()


def test_what_names_no_symptom_and_what_was_put_aside_is_no_first(world: World) -> None:
    fault(world, symptom="other", description="x")
    deliver("fault", fault_form(world, 0, symptom="power", website="x"), ATTENDEE)
    assert FirstSeen.select().count() == 0
    aside = Fault.get(Fault.state == "quarantined")
    run(faults.judge_report, faults.JudgeReport(aside.id, "accept"), world.manager)
    assert [row.fault for row in FirstSeen.select()] == [aside.id]


def test_a_rebuild_finds_the_same_firsts(world: World, other: World) -> None:
    for symptom in ("power", "no_picture", "no_picture"):
        fault(world, symptom=symptom)
        fault(other, symptom=symptom)
    deliver("fault", {"tag": world.room_tag, "symptom": "lights_air"}, world.engineer)
    before = snapshot()["first_seen"]
    assert len(before) == 3
    with write():
        search.rebuild()
    assert snapshot()["first_seen"] == before


def test_what_is_owed_costs_the_same_with_many(world: World) -> None:
    fault(world)
    few = queries_of(lambda: knowledge.owed(world.engineer))
    for symptom in ("power", "network", "echo_howling"):
        fault(world, symptom=symptom)
    assert len(knowledge.owed(world.engineer)) == 4
    assert queries_of(lambda: knowledge.owed(world.engineer)) == few == 2
