// Waiting for calls, and hearing of their changes.
#include <future>
#include <string>
#include <thread>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"
#include "support/connection.h"
#include "support/raw_http.h"

namespace bobbin::testing {
namespace {

std::string WaitFor(const std::string& more) {
  return R"({"project_id":"team/app",)" + more + "}";
}

std::string Matching(std::string_view op) {
  return R"("query":{"$expr":{"$eq":[{"$getField":"op_name"},{"$literal":)" +
         Quoted(op) + "}]}}";
}

// The answer to a wait, which another thread sends meanwhile. (Catch's macros,
// which Api uses on a port, are for one thread.)
std::future<RawReply> Waiting(Api& api, Transport transport,
                              const std::string& body) {
  return std::async(std::launch::async, [&api, transport, body] {
    if (transport == Transport::kInProcess) {
      const api::Response response = api.Post("/_bobbin/wait", body);
      return RawReply{response.status, "", response.body};
    }
    RawClient client(api.port());
    client.Send(PostHead("/_bobbin/wait", body.size()) + body);
    return client.ReadReply();
  });
}

TEST_CASE("what is there already is not waited for", "[api][control]") {
  Api api;
  PutComplete(api, AComplete("c1"));
  PutComplete(api, AComplete("c2").WithText("op_name", "other"));
  CHECK(api.Ok("/_bobbin/wait", WaitFor(R"("calls":2)")) ==
        R"({"calls":2,"ended":2,"open":0})");
  CHECK(api.Ok("/_bobbin/wait",
               WaitFor(R"("ended":1,"none_open":true,)" + Matching("op"))) ==
        R"({"calls":2,"ended":2,"open":0,"matching":1})");
  CHECK(api.Ok("/_bobbin/wait",
               R"({"project_id":"team/none","none_open":true})") ==
        R"({"calls":0,"ended":0,"open":0})");
}

TEST_CASE("a wait ends with the commit that satisfies it",
          "[api][control][threads]") {
  const auto transport = GENERATE(Transport::kInProcess, Transport::kPort);
  Api api(transport);
  struct Row {
    std::string wanted;
    std::string answer;
  };
  const Row row = GENERATE(values<Row>({
      {R"("calls":2)", R"({"calls":2,"ended":1,"open":1})"},
      {R"("ended":2)", R"({"calls":2,"ended":2,"open":0})"},
      {R"("calls":2,"none_open":true)", R"({"calls":2,"ended":2,"open":0})"},
      {Matching("second"), R"({"calls":2,"ended":1,"open":1,"matching":1})"},
  }));
  CAPTURE(row.wanted);
  std::future<RawReply> waiting =
      Waiting(api, transport, WaitFor(row.wanted + R"(,"timeout_ms":600000)"));
  PutStart(api, AStart("c1"));
  PutEnd(api, AnEnd("c1"));
  PutStart(api, AStart("c2").WithText("op_name", "second"));
  if (row.answer.find(R"("open":0)") != std::string::npos) {
    PutEnd(api, AnEnd("c2"));
  }
  const RawReply reply = waiting.get();
  CHECK(reply.status == 200);
  CHECK(reply.body == row.answer);
}

TEST_CASE(
    "calls that end before they begin, begin twice or are deleted are "
    "counted right",
    "[api][control]") {
  Api api;
  const auto reached = [&] {
    return api.Ok("/_bobbin/wait", WaitFor(R"("calls":0)"));
  };
  PutEnd(api, AnEnd("c1"));
  CHECK(reached() == R"({"calls":0,"ended":0,"open":0})");
  PutStart(api, AStart("c1"));
  PutStart(api, AStart("c1"));
  CHECK(reached() == R"({"calls":1,"ended":1,"open":0})");
  PutEnd(api, AnEnd("c1"));
  PutComplete(api, AComplete("c1"));
  CHECK(reached() == R"({"calls":1,"ended":1,"open":0})");
  PutStart(api, AStart("c2"));
  PutComplete(api, AComplete("c2"));
  CHECK(reached() == R"({"calls":2,"ended":2,"open":0})");
  PutStart(api, AStart("c3").WithText("parent_id", "c2"));
  CHECK(reached() == R"({"calls":3,"ended":2,"open":1})");
  api.Ok("/call/update",
         R"({"project_id":"team/app","call_id":"c4","display_name":"n"})");
  PutEnd(api, AnEnd("c4"));
  CHECK(reached() == R"({"calls":3,"ended":2,"open":1})");
  PutStart(api, AStart("c4"));
  CHECK(reached() == R"({"calls":4,"ended":3,"open":1})");
  api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["c2"]})");
  CHECK(reached() == R"({"calls":2,"ended":2,"open":0})");
  PutEnd(api, AnEnd("c3"));
  CHECK(reached() == R"({"calls":2,"ended":2,"open":0})");
}

TEST_CASE("what a file has already is counted", "[api][control]") {
  Api api(Transport::kInProcess, db::Durability::kNormal);
  PutStart(api, AStart("c1"));
  PutComplete(api, AComplete("c2"));
  api.Restart();
  const bool more_before = GENERATE(true, false);
  if (more_before) PutEnd(api, AnEnd("c1"));
  CHECK(api.Ok("/_bobbin/wait", WaitFor(R"("calls":2)")) ==
        (more_before ? R"({"calls":2,"ended":2,"open":0})"
                     : R"({"calls":2,"ended":1,"open":1})"));
  PutStart(api, AStart("c3"));
  CHECK(api.Ok("/_bobbin/wait", WaitFor(R"("calls":3)")) ==
        (more_before ? R"({"calls":3,"ended":2,"open":1})"
                     : R"({"calls":3,"ended":1,"open":2})"));
}

TEST_CASE("a wait that is over says what is missing", "[api][control]") {
  Api api;
  PutStart(api, AStart("c1"));
  const api::Response response =
      api.Post("/_bobbin/wait",
               WaitFor(R"("calls":3,"ended":2,"none_open":true,"matching":2,)" +
                       Matching("op") + R"(,"timeout_ms":1)"));
  CHECK(response.status == 408);
  CHECK(Json::parse(response.body) == Json::parse(R"({
      "reason":"After 1 ms 1 of 3 calls are there, 0 of 2 calls have ended, )"
                                                  R"(1 call is open, )"
                                                  R"(1 of 2 calls match )"
                                                  R"(the query.",
      "error_type":"WaitTimeout",
      "missing":{"calls":2,"ended":2,"open":1,"matching":1},
      "calls":1,"ended":0,"open":1,"matching":1})"));
}

TEST_CASE("what cannot be waited for is said at once", "[api][control]") {
  Api api;
  struct Row {
    std::string wanted;
    std::string reason;
  };
  const Row row = GENERATE(values<Row>({
      {R"("timeout_ms":1)",
       "Say what to wait for: calls, ended, none_open or query"},
      {R"("none_open":false)",
       "Say what to wait for: calls, ended, none_open or query"},
      {R"("calls":-1)", "calls must be from 0 to 9007199254740992"},
      {R"("ended":-1)", "ended must be from 0 to 9007199254740992"},
      {R"("calls":1,"matching":1)",
       "matching counts what a query finds, and there is none"},
      {R"("calls":1,"timeout_ms":600001)",
       "timeout_ms must be from 0 to 600000"},
  }));
  CAPTURE(row.wanted);
  CHECK(ReasonOf(api.Post("/_bobbin/wait", WaitFor(row.wanted)), 400) ==
        row.reason);
  CHECK(api.Post("/_bobbin/wait", WaitFor(R"("query":{"$expr":{"$no":[]}})"))
            .status == 422);
  CHECK(api.Post("/_bobbin/wait", WaitFor(R"("calls":1,"more":1)")).status ==
        422);
  CHECK(api.Post("/_bobbin/wait", R"({"project_id":"app","calls":1})").status ==
        400);
}

TEST_CASE("a server that stops answers those who wait",
          "[api][control][threads]") {
  Api api(Transport::kPort);
  std::future<RawReply> waiting = Waiting(
      api, Transport::kPort, WaitFor(R"("calls":1,"timeout_ms":600000)"));
  api.changes().Stop();
  const RawReply reply = waiting.get();
  CHECK(reply.status == 503);
  CHECK_THAT(reply.body, Catch::Contains("The server stops."));
}

// A stream of events that is being read.
class EventStream {
 public:
  EventStream(int port, const std::string& query) : client_(port) {
    client_.Send("GET /_bobbin/events" + query +
                 " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (!text_.ends_with("\r\n\r\n")) Read();
    head_ = std::move(text_);
    text_.clear();
  }
  const std::string& head() const { return head_; }
  // The next chunk; "" at the end.
  std::string Next() {
    text_.clear();
    while (!text_.ends_with("\r\n")) Read();
    const size_t size = std::stoul(text_, nullptr, 16);
    text_.clear();
    while (text_.size() < size + 2) Read();
    return text_.substr(0, size);
  }

 private:
  void Read() {
    const std::string piece = client_.ReadSome(1);
    if (piece.empty()) throw std::runtime_error("the stream broke off");
    text_ += piece;
  }
  RawClient client_;
  std::string head_;
  std::string text_;
};

std::string AnEvent(int number, const std::string& project) {
  return "event: change\nid: " + std::to_string(number) +
         "\ndata: {\"seq\":" + std::to_string(number) +
         ",\"project_id\":" + Quoted(project) + "}\n\n";
}

TEST_CASE("every change of calls is an event", "[api][control][threads]") {
  Api api(Transport::kPort);
  EventStream all(api.port(), "");
  EventStream one(api.port(), "?project_id=team%2Fother");
  CHECK_THAT(all.head(), Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(all.head(),
             Catch::Contains("Content-Type: text/event-stream\r\n"));
  CHECK(all.Next() == ": bobbin tells of changes\nid: 0\n\n");
  CHECK(one.Next() == ": bobbin tells of changes\nid: 0\n\n");
  PutStart(api, AStart("c1"));
  CHECK(all.Next() == AnEvent(1, "team/app"));
  PutStart(api, AStart("c1").WithText("project_id", "team/other"));
  CHECK(all.Next() == AnEvent(2, "team/other"));
  CHECK(one.Next() == AnEvent(2, "team/other"));
  PutEnd(api, AnEnd("c1"));
  CHECK(all.Next() == AnEvent(3, "team/app"));
  api.changes().Stop();
  CHECK(all.Next().empty());
  CHECK(one.Next().empty());
}

TEST_CASE("objects and feedback that change are events",
          "[api][control][threads]") {
  Api api(Transport::kPort);
  EventStream all(api.port(), "");
  CHECK(all.Next() == ": bobbin tells of changes\nid: 0\n\n");
  api.Ok("/obj/create",
         R"({"obj":{"project_id":"team/app","object_id":"a","val":1}})");
  CHECK(all.Next() == AnEvent(1, "team/app"));
  api.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"a"})");
  CHECK(all.Next() == AnEvent(2, "team/app"));
  const Json made = Json::parse(api.Ok(
      "/feedback/create",
      R"({"project_id":"team/app","weave_ref":"weave:///team/app/call/c",)"
      R"("feedback_type":"own","payload":{}})"));
  CHECK(all.Next() == AnEvent(3, "team/app"));
  api.Ok("/feedback/purge",
         R"({"project_id":"team/app","query":{"$expr":{"$eq":[)"
         R"({"$getField":"id"},{"$literal":)" +
             made.at("id").dump() + "}]}}}");
  CHECK(all.Next() == AnEvent(4, "team/app"));
  api.changes().Stop();
  CHECK(all.Next().empty());
}

TEST_CASE("events that were missed are told together",
          "[api][control][threads]") {
  Api api(Transport::kPort);
  for (const char* project : {"team/a", "team/b", "team/a", "team/c"}) {
    PutStart(api, AStart("c1").WithText("project_id", project));
  }
  EventStream some(api.port(), "?after=1");
  CHECK(some.Next() == ": bobbin tells of changes\nid: 4\n\n");
  CHECK(some.Next() ==
        AnEvent(2, "team/b") + AnEvent(3, "team/a") + AnEvent(4, "team/c"));
  EventStream other(api.port(), "?after=99");
  CHECK(other.Next() == ": bobbin tells of changes\nid: 4\n\n");
  CHECK(other.Next() ==
        "event: change\nid: 4\ndata: {\"seq\":4,\"project_id\":null}\n\n");
  PutStart(api, AStart("c1").WithText("project_id", "team/d"));
  CHECK(other.Next() == AnEvent(5, "team/d"));
}

TEST_CASE("events of what is no project are refused", "[api][control]") {
  Api api;
  const auto ask = [&](const std::string& name, const std::string& value) {
    return ReasonOf(api.Send({.method = "GET",
                              .path = "/_bobbin/events",
                              .query = {{name, value}}}),
                    400);
  };
  CHECK_THAT(ask("project_id", "app"), Catch::Contains("Invalid project_id"));
  CHECK(ask("after", "-1") == "after must be the number of an event");
  CHECK(ask("after", "") == "after must be the number of an event");
}

}  // namespace
}  // namespace bobbin::testing
