import chatbot
import pytest


def test_what_was_recorded(project):
    assert chatbot.answer("why") == "You asked: why"

    names = [call["op_name"] for call in project.calls()]
    assert names == ["answer", "look_up", "generate"]
    roots = project.calls(filter={"trace_roots_only": True})
    assert [root["output"] for root in roots] == ["You asked: why"]


def test_the_tree_of_calls(project):
    chatbot.answer("how so")

    project.assert_tree({
        "op": "answer",
        "inputs": {"question": "how so"},
        "output": {"$regex": "^You asked"},
        "children": [
            {"op": "look_up", "inputs": {"words": ["how", "so"]}},
            {"op": "generate", "output": {"$type": "string"}},
        ],
    }, exact=True)


def test_another_tree_is_told_apart(project):
    chatbot.answer("why")

    with pytest.raises(AssertionError, match="look_up"):
        project.assert_tree({"op": "answer", "children": [
            {"op": "look_up", "inputs": {"words": ["when"]}}]})


def test_an_error_is_recorded(project):
    with pytest.raises(ValueError):
        chatbot.answer("")

    project.wait(ended=2, none_open=True)
    errors = project.calls(query={"$expr": {"$eq": [
        {"$getField": "summary.weave.status"}, {"$literal": "error"}]}})
    assert {call["exception"] for call in errors} == {
        "ValueError: no question"}


def test_a_busy_backend_is_asked_again(project):
    project.fault("status", status=503, retry_after_s=0, route="/call/start",
                  times=2)

    assert chatbot.answer("why") == "You asked: why"

    project.wait(calls=3, none_open=True)
    project.verify({"route": "/call/start", "status": 503, "exactly": 2},
                   {"route": "/call/start", "status": 200, "exactly": 3})


def test_a_call_that_was_stored_but_not_confirmed_is_there_once(project):
    project.fault("apply_then_fail", route="/call/end", times=1)

    chatbot.answer("why")

    assert len(project.calls()) == 3
    assert project.report()["total"]["duplicate_ends"]["count"] == 1


def test_the_same_question_leaves_the_same_trace(project):
    chatbot.answer("why")
    first = project.golden()
    project.forget()
    chatbot.answer("why")

    assert project.golden() == first
