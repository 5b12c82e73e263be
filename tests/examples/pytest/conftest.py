"""A bobbin for the whole session, and a project of its own for each test."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import pytest


class Bobbin:
    """A server in memory, which ends when this process does."""

    def __init__(self):
        # --exit-on-stdin-close: the pipe closes with this process, even if
        # that is killed.
        self._process = subprocess.Popen(
            [os.environ.get("BOBBIN_BINARY", "bobbin"), "serve", "--ephemeral",
             "--port", "0", "--exit-on-stdin-close"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        ready = self._process.stdout.readline()
        if not ready.startswith("READY="):
            raise RuntimeError("bobbin did not start")
        self.url = ready.strip().removeprefix("READY=")

    def stop(self):
        self._process.stdin.close()
        assert self._process.wait() == 0
        self._process.stdout.close()

    def request(self, method, path, body=None):
        """The answer's text; an answer that is no success is an error."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method,
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            reason = error.read().decode()
            raise AssertionError(
                f"{path}: {error.code} {reason}") from None

    def post(self, path, **body):
        return self.request("POST", path, body)


class Project:
    """What a test wants from its backend."""

    def __init__(self, bobbin, project_id):
        self.bobbin = bobbin
        self.id = project_id

    def calls(self, **query):
        """All calls, oldest first; `query` as for /calls/stream_query."""
        lines = self.bobbin.post("/calls/stream_query", project_id=self.id,
                                 **query)
        return [json.loads(line) for line in lines.splitlines()]

    def wait(self, **wanted):
        """Until it is there: calls=3, ended=3, none_open=True."""
        self.bobbin.post("/_bobbin/wait", project_id=self.id, **wanted)

    def assert_tree(self, expected, **how):
        """The calls are as expected; if not, the error says where not."""
        self.bobbin.post("/_bobbin/assert/tree", project_id=self.id,
                         expect=expected, **how)

    def fault(self, kind, **rule):
        """Answers to requests about this project go wrong."""
        self.bobbin.post("/_bobbin/faults", kind=kind, project_id=self.id,
                         **rule)

    def verify(self, *expected):
        """So many requests came."""
        self.bobbin.post("/_bobbin/verify", expect=[
            {"project_id": self.id, **one} for one in expected])

    def report(self):
        """What the program did that it perhaps should not have done."""
        project = urllib.parse.quote(self.id, safe="")
        return json.loads(self.bobbin.request(
            "GET", f"/_bobbin/report?project_id={project}"))

    def golden(self, **how):
        """The calls as text that is the same in every run."""
        return self.bobbin.post("/_bobbin/golden", project_id=self.id, **how)

    def forget(self):
        project = urllib.parse.quote(self.id, safe="")
        self.bobbin.request("DELETE", f"/_bobbin/faults?project_id={project}")
        self.bobbin.post("/_bobbin/reset", project_id=self.id)


@pytest.fixture(scope="session")
def bobbin():
    server = Bobbin()
    yield server
    server.stop()


@pytest.fixture
def project(bobbin, request, monkeypatch):
    # Tests that run at the same time share the server, not the project.
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", request.node.name)
    project = Project(bobbin, f"tests/{name}")
    monkeypatch.setenv("WF_TRACE_SERVER_URL", bobbin.url)
    monkeypatch.setenv("CHATBOT_PROJECT", project.id)
    yield project
    project.forget()
