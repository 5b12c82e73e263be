// How a request reaches the handler.
#include <sys/socket.h>

#include <atomic>
#include <string>

#include "http/gzip.h"
#include "support/catch.h"
#include "support/form.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

std::string Post(std::string_view more, std::string_view body) {
  return "POST /p HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) +
         "\r\n" + std::string(body);
}

std::string Length(size_t length) {
  return "Content-Length: " + std::to_string(length) + "\r\n";
}

std::string Zipped(std::string_view text) {
  std::string zipped;
  http::GzipWriter().Finish(text, zipped);
  return zipped;
}

// What Echo() says to a POST with this body.
std::string Echoed(std::string_view body) {
  return "POST /p||" + std::string(body);
}

TEST_CASE("method, path, query and body arrive", "[http][threads]") {
  HttpServer server(Echo);
  const auto [line, seen] = GENERATE(table<std::string, std::string>(
      {{"GET /", "GET /"},
       {"GET /a/b?x=1&y=%26+z", "GET /a/b?x=1&y=& z"},
       {"GET /caf%C3%A9+%20x", "GET /caf\xc3\xa9+ x"},
       {"GET /%2e%2E/%2f", "GET /..//"},
       {"GET /a?b#c", "GET /a?b="},
       {"DELETE /d", "DELETE /d"},
       {"OPTIONS /o", "OPTIONS /o"},
       {"OPTIONS *", "OPTIONS *"},
       {"PATCH /p", "PATCH /p"},
       {"PUT /p", "PUT /p"},
       {"TRACE /t", "TRACE /t"}}));
  const RawReply answer =
      Ask(server.port(), line + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(answer.status == 200);
  CHECK(answer.body == seen + "||");
}

TEST_CASE("a method nobody knows is for the handler to judge",
          "[http][threads]") {
  HttpServer server(Echo);
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {  // the connection stays in step
    connection.Send("PROPFIND /a%20b?c HTTP/1.1\r\nHost: localhost\r\n" +
                    Length(4) + "\r\nbody");
    const RawReply answer = connection.ReadReply();
    CHECK(answer.status == 200);
    CHECK(answer.body == "PROPFIND /a b||body");
  }
}

TEST_CASE("the guard holds for methods nobody knows", "[http][threads]") {
  HttpServer server(Echo);
  CHECK(Ask(server.port(), "PROPFIND / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            .status == 403);
}

TEST_CASE("a request without a word about its body has none",
          "[http][threads]") {
  HttpServer server(Echo);
  const std::string method = GENERATE("POST", "PUT", "DELETE", "GET");
  const RawReply answer =
      Ask(server.port(), method + " /p HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(answer.status == 200);
  CHECK(answer.body == method + " /p||");
}

TEST_CASE("a body arrives whatever its type and method", "[http][threads]") {
  HttpServer server(Echo);
  const std::string body(20'000, '&');  // larger than httplib's form bound
  const std::string type =
      GENERATE("application/json", "application/x-www-form-urlencoded",
               "text/plain", "multipart/mixed; boundary=x", "nonsense");
  const std::string method = GENERATE("POST", "GET", "DELETE");
  const RawReply answer =
      Ask(server.port(), method + " /p HTTP/1.1\r\nHost: localhost\r\n" +
                             "Content-Type: " + type + "\r\n" +
                             Length(body.size()) + "\r\n" + body);
  CHECK(answer.status == 200);
  CHECK((answer.body == method + " /p|" + type + "|" + body));
}

TEST_CASE("requests on one connection are answered in turn",
          "[http][threads]") {
  HttpServer server(Echo);
  std::string requests;
  for (const char* body : {"one", "", "three"}) {
    requests += Post(Length(std::string(body).size()), body);
  }
  SECTION("sent at once") {
    RawClient connection(server.port());
    connection.Send(requests);
    CHECK(connection.ReadReply().body == Echoed("one"));
    CHECK(connection.ReadReply().body == Echoed(""));
    CHECK(connection.ReadReply().body == Echoed("three"));
  }
  SECTION("sent byte by byte") {
    RawClient connection(server.port());
    for (const char c : requests) connection.Send({&c, 1});
    CHECK(connection.ReadReply().body == Echoed("one"));
    CHECK(connection.ReadReply().body == Echoed(""));
    CHECK(connection.ReadReply().body == Echoed("three"));
  }
  SECTION("with empty lines between them") {
    RawClient connection(server.port());
    for (int i = 0; i < 2; ++i) {
      connection.Send(Post(Length(1), "x") + "\r\n\r\n");
      CHECK(connection.ReadReply().body == Echoed("x"));
    }
  }
}

TEST_CASE("chunks are put together", "[http][threads]") {
  HttpServer server(Echo);
  const auto [chunks, body] = GENERATE(table<std::string, std::string>(
      {{"0\r\n\r\n", ""},
       {"3\r\nabc\r\n0\r\n\r\n", "abc"},
       {"1;x=y\r\na\r\n0002\r\nbc\r\n0;z\r\n\r\n", "abc"},
       {"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\nTrailer: x\r\nHost: y\r\n"
        "\r\n",
        "01234567890123456789"},
       {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"}}));
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {  // the connection stays in step
    connection.Send(Post("Transfer-Encoding: chunked\r\n", chunks));
    CHECK(connection.ReadReply().body == Echoed(body));
  }
}

TEST_CASE("malformed chunks are 400", "[http][threads]") {
  HttpServer server(Echo);
  const std::string chunks =
      GENERATE(std::string("x\r\n"), "\r\n", "-1\r\n", "0x1\r\na\r\n",
               "1\r\nabc\r\n", "1 1\r\n", std::string(5000, '0') + "1\r\n");
  CAPTURE(chunks);
  const RawReply answer =
      Ask(server.port(), Post("Transfer-Encoding: chunked\r\n", chunks));
  CHECK(answer.status == 400);
  CHECK(IsError(answer, "InvalidRequest"));
}

TEST_CASE("a zipped body is unzipped", "[http][threads]") {
  HttpServer server(Echo);
  const std::string text(100'000, 'x');
  const std::string zipped = Zipped(text);
  const std::string coding = GENERATE("gzip", "GZIP", "x-gzip");
  const RawReply answer =
      Ask(server.port(),
          Post("Content-Encoding: " + coding + "\r\n" + Length(zipped.size()),
               zipped));
  CHECK((answer.body == Echoed(text)));
}

TEST_CASE("a coding that is none is ignored, an unknown one is 415",
          "[http][threads]") {
  HttpServer server(Echo);
  const auto status = [&](const std::string& coding) {
    return Ask(server.port(),
               Post("Content-Encoding: " + coding + "\r\n" + Length(1), "x"))
        .status;
  };
  CHECK(status("identity") == 200);
  CHECK(status("br") == 415);
  CHECK(status("gzip, gzip") == 415);
}

TEST_CASE("a body that is not the gzip it claims to be is 400",
          "[http][threads]") {
  HttpServer server(Echo);
  const std::string zipped = Zipped("a text");
  const std::string body =
      GENERATE_COPY(std::string("text"), zipped.substr(1), zipped + "x",
                    zipped.substr(0, zipped.size() - 1));
  const RawReply answer =
      Ask(server.port(),
          Post("Content-Encoding: gzip\r\n" + Length(body.size()), body));
  CHECK(answer.status == 400);
  CHECK(IsError(answer, "InvalidRequest"));
}

TEST_CASE("a form arrives in parts", "[http][threads]") {
  std::string whole;
  std::vector<FormPart> parts;
  HttpServer server([&](const api::Request& request) {
    whole = request.body;
    parts = PartsOf(*request.form);
    return api::Response();
  });
  const std::string form =
      "--XX\r\nContent-Disposition: form-data; name=\"project_id\"\r\n\r\n"
      "team/app\r\n"
      "--XX\r\nContent-Disposition: form-data; name=\"file\"; "
      "filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n"
      "content\r\n--XX--\r\n";
  const bool zipped = GENERATE(false, true);
  const std::string body = zipped ? Zipped(form) : form;
  const RawReply answer = Ask(
      server.port(), Post("Content-Type: multipart/form-data; boundary=XX\r\n" +
                              Length(body.size()) +
                              (zipped ? "Content-Encoding: gzip\r\n" : ""),
                          body));
  CHECK(answer.status == 200);
  CHECK(whole.empty());
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].name == "project_id");
  CHECK(parts[0].data == "team/app");
  CHECK(parts[1].filename == "a.txt");
  CHECK(parts[1].content_type == "text/plain");
  CHECK(parts[1].data == "content");
}

TEST_CASE("a malformed form is 400", "[http][threads]") {
  HttpServer server(Echo);
  const RawReply answer =
      Ask(server.port(),
          Post("Content-Type: multipart/form-data; boundary=XX\r\n" + Length(4),
               "--XX"));
  CHECK(answer.status == 400);
  CHECK(IsError(answer, "InvalidRequest"));
}

constexpr std::string_view kMultipart =
    "Content-Type: multipart/form-data; boundary=XX\r\n";

std::string FormOf(std::string_view data) {
  return "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n" +
         std::string(data) + "\r\n--XX--\r\n";
}

std::string InChunks(std::string_view body, size_t size) {
  std::string chunks;
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    char length[20];
    const std::string_view piece = body.substr(0, size);
    std::snprintf(length, sizeof length, "%zx\r\n", piece.size());
    chunks.append(length).append(piece).append("\r\n");
  }
  return chunks + "0\r\n\r\n";
}

// Answers with how many bytes the form's parts have, or with its error.
api::Response CountData(const api::Request& request) {
  size_t bytes = 0;
  api::Part part;
  while (true) {
    const Result<bool> next = request.form->Next(part);
    if (!next.ok()) return {.status = 500, .body = next.error().message};
    if (!next.value()) return {.body = std::to_string(bytes)};
    while (true) {
      const Result<std::string_view> piece = request.form->Read();
      if (!piece.ok()) return {.status = 500, .body = piece.error().message};
      if (piece.value().empty()) break;
      bytes += piece.value().size();
    }
  }
}

TEST_CASE("a large form arrives in any wrapping, and the connection lives on",
          "[http][threads]") {
  HttpServer server(CountData);
  const std::string data = GENERATE(std::string(3'000'000, 'x'),
                                    std::string(500'000, '\r'), std::string());
  const std::string form = FormOf(data);
  const std::string zipped = Zipped(form);
  const std::string type(kMultipart);
  const std::string chunked = type + "Transfer-Encoding: chunked\r\n";
  const std::string gzip = "Content-Encoding: gzip\r\n";
  RawClient connection(server.port());
  for (const std::string& request :
       {Post(type + Length(form.size()), form),
        Post(type + gzip + Length(zipped.size()), zipped),
        Post(chunked, InChunks(form, 100'000)),
        Post(chunked + gzip, InChunks(zipped, 11))}) {
    REQUIRE(connection.Send(request));
    const RawReply answer = connection.ReadReply();
    CHECK(answer.status == 200);
    CHECK(answer.body == std::to_string(data.size()));
  }
}

TEST_CASE("the bound of a body holds for a form, too", "[http][threads]") {
  const std::string form = FormOf(std::string(100'000, 'x'));
  HttpServer server(CountData, {.max_body_bytes = form.size()});
  const auto [bytes, status] =
      GENERATE(table<size_t, int>({{100'000, 200}, {100'001, 413}}));
  const std::string body = FormOf(std::string(bytes, 'x'));
  const std::string zipped = Zipped(body);
  const std::string type(kMultipart);
  for (const std::string& request :
       {Post(type + Length(body.size()), body),
        Post(type + "Transfer-Encoding: chunked\r\n", InChunks(body, 9999)),
        Post(type + "Content-Encoding: gzip\r\n" + Length(zipped.size()),
             zipped)}) {
    const RawReply answer = Ask(server.port(), request);
    CHECK(answer.status == status);
    if (status == 413)
      CHECK(answer.body ==
            R"({"reason":"Request too large","error_type":"RequestTooLarge"})");
  }
}

TEST_CASE("why a form could not be read is answered, whatever the handler says",
          "[http][threads]") {
  HttpServer server(CountData, {.read_timeout_ms = 50});
  const std::string form = FormOf("data");
  const std::string zipped = Zipped(form);
  const std::string type(kMultipart);
  const std::string chunked = type + "Transfer-Encoding: chunked\r\n";
  const std::string gzip = "Content-Encoding: gzip\r\n";
  const auto [request, status] = GENERATE_COPY(table<std::string, int>({
      {Post(type + Length(form.size() - 6), form.substr(0, form.size() - 6)),
       400},
      {Post(chunked, "zz\r\n"), 400},
      {Post(chunked, InChunks(form, 20).substr(0, 60)), 408},
      {Post(type + Length(form.size() + 1), form), 408},
      {Post(type + gzip + Length(form.size()), form), 400},
      {Post(type + gzip + Length(zipped.size() - 1),
            zipped.substr(0, zipped.size() - 1)),
       400},
  }));
  CAPTURE(request);
  RawClient connection(server.port());
  connection.Send(request);
  const RawReply answer = connection.ReadReply();
  CHECK(answer.status == status);
  CHECK_THAT(answer.body, Catch::StartsWith(R"({"reason":")"));
}

TEST_CASE("a handler need not read a form", "[http][threads]") {
  HttpServer server(Echo);
  RawClient connection(server.port());
  const std::string form = FormOf(std::string(3'000'000, 'x'));
  for (int i = 0; i < 2; ++i) {
    REQUIRE(connection.Send(
        Post(std::string(kMultipart) + Length(form.size()), form)));
    CHECK(connection.ReadReply().status == 200);
  }
}

TEST_CASE("who expects 100-continue is told to go on", "[http][threads]") {
  HttpServer server(Echo);
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send(Post("Expect: 100-continue\r\n" + Length(4), ""));
    const RawReply interim = connection.ReadReply();
    CHECK(interim.status == 100);
    CHECK(interim.head == "HTTP/1.1 100 Continue\r\n\r\n");
    connection.Send("body");
    CHECK(connection.ReadReply().body == Echoed("body"));
  }
}

TEST_CASE("who expects 100-continue is told at once what is wrong",
          "[http][threads]") {
  HttpServer server(Echo, {.max_body_bytes = 10});
  const auto [header, status, type] =
      GENERATE(table<std::string, int, std::string>(
          {{Length(11), 413, "RequestTooLarge"},
           {Length(5) + "Origin: http://evil.example\r\n", 403, "Forbidden"},
           {Length(5) + "Content-Encoding: br\r\n", 415,
            "UnsupportedContentEncoding"}}));
  RawClient connection(server.port());
  connection.Send(Post("Expect: 100-continue\r\n" + header, ""));
  const RawReply answer = connection.ReadReply();
  CHECK(answer.status == status);
  CHECK_THAT(answer.head, Catch::Contains("\r\nConnection: close\r\n"));
  CHECK(IsError(answer, type));
  CHECK(connection.AtEnd());
}

TEST_CASE("a body that breaks off never reaches the handler",
          "[http][threads]") {
  std::atomic<int> calls = 0;
  HttpServer server([&](const api::Request& request) {
    ++calls;
    return Echo(request);
  });
  const std::string request =
      GENERATE(Post(Length(5), "1234"),
               Post("Transfer-Encoding: chunked\r\n", "4\r\n1234\r\n"),
               Post("Transfer-Encoding: chunked\r\n", "4\r\n1234\r\n0\r\n"),
               Post("Transfer-Encoding: chunked\r\n", "5\r\n1234"),
               Post("Transfer-Encoding: chunked\r\n", ""));
  const auto gone = [&] { RawClient(server.port()).Send(request); };
  gone();
  server.server().Stop();
  CHECK(calls == 0);
}

TEST_CASE("a client that stops in the middle of a body is 408",
          "[http][threads]") {
  HttpServer server(Echo, {.read_timeout_ms = 50});
  RawClient connection(server.port());
  connection.Send(Post(Length(5), "1234"));
  const RawReply answer = connection.ReadReply();
  CHECK(answer.status == 408);
  CHECK(IsError(answer, "RequestTimeout"));
  CHECK_THAT(answer.head, Catch::Contains("\r\nConnection: close\r\n"));
  CHECK(connection.AtEnd());
}

TEST_CASE("what is no HTTP is 400, with a reason", "[http][threads]") {
  HttpServer server(Echo);
  const std::string request = GENERATE(
      std::string("hello\r\n\r\n"), "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
      "G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\n: no name\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n", Post("Content-Length: x\r\n", ""),
      Post("Content-Length: -1\r\n", ""),
      Post("Content-Length: 1\r\nContent-Length: 1\r\n", "x"),
      Post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "x"),
      Post("Transfer-Encoding: gzip\r\n", ""), Post("Host: localhost\r\n", ""));
  CAPTURE(request);
  RawClient connection(server.port());
  connection.Send(request);
  const RawReply answer = connection.ReadReply();
  CHECK(answer.status == 400);
  CHECK_THAT(answer.head,
             Catch::Contains("\r\nContent-Type: application/json\r\n"));
  CHECK(IsError(answer, "InvalidRequest"));
}

TEST_CASE("a line that ends without CR is 400 at once", "[http][threads]") {
  HttpServer server(Echo);
  const std::string request =
      GENERATE(as<std::string>(), "GET / HTTP/1.1\nHost: localhost\n\n",
               "GET / HTTP/1.1\nHost: localhost\r\n\r\n",
               "GET / HTTP/1.1\r\nHost: localhost\n\n",
               "GET / HTTP/1.1\r\nHost: localhost\r\n\n",
               "GET / HTTP/1.1\r\n\n", "GET / HTTP/1.0\r\n\n", "x\n",
               "PROPFIND / HTTP/1.1\r\nHost: localhost\n\n",
               "GET / HTTP/1.1\r\nX: a\nHost: localhost\r\n\r\n");
  CAPTURE(request);
  RawClient connection(server.port());
  connection.Send(request);
  const RawReply answer = connection.ReadReply();
  CHECK(answer.status == 400);
  CHECK(IsError(answer, "InvalidRequest"));
  CHECK(connection.AtEnd());
}

TEST_CASE("an address may come with scheme and host", "[http][threads]") {
  HttpServer server(Echo);
  const auto [line, host, seen] =
      GENERATE(table<std::string, std::string, std::string>(
          {{"GET http://localhost/a/b?x=1", "localhost", "GET /a/b?x=1"},
           {"GET http://127.0.0.1:80", "localhost", "GET /"},
           {"POST HTTP://[::1]/%20", "localhost", "POST / "},
           {"PROPFIND http://localhost/a?b", "localhost", "PROPFIND /a"},
           // The Host header does not count then.
           {"GET http://localhost/a", "evil.example", "GET /a"}}));
  CAPTURE(line);
  const RawReply answer =
      Ask(server.port(), line + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  CHECK(answer.status == 200);
  CHECK(answer.body == seen + "||");
}

TEST_CASE("the host in an address is judged like the Host header",
          "[http][threads]") {
  HttpServer server(Echo);
  const auto status = [&](const std::string& target, const std::string& rest) {
    return Ask(server.port(), "GET " + target + rest + "\r\n").status;
  };
  const std::string local = " HTTP/1.1\r\nHost: localhost\r\n";
  CHECK(status("http://evil.example/", local) == 403);
  CHECK(status("http://evil.example/", " HTTP/1.0\r\n") == 403);
  CHECK(status("http://localhost@evil.example/", local) == 403);
  CHECK(status("http:///", local) == 403);
  CHECK(status("http://localhost/", " HTTP/1.0\r\n") == 200);
  // A page is at home where the address says it is.
  const std::string origin = "Origin: http://localhost:1\r\n";
  CHECK(status("http://localhost:1/", local + origin) == 200);
  CHECK(status("http://localhost:2/", local + origin) == 403);
  // RFC 9112, section 3.2: the header must be there all the same.
  CHECK(status("http://localhost/", " HTTP/1.1\r\n") == 400);
}

TEST_CASE("the handler learns which slashes of a path were sent encoded",
          "[http][threads]") {
  HttpServer server([](const api::Request& request) {
    api::Response response{.content_type = "text/plain", .body = request.path};
    for (const size_t at : request.inner_slashes) {
      response.body += ' ' + std::to_string(at);
    }
    return response;
  });
  const std::string method = GENERATE("GET", "PROPFIND");
  const RawReply answer =
      Ask(server.port(), method +
                             " /%C3%A9%2Fa/b%2f?c%2Fd HTTP/1.1\r\n"
                             "Host: localhost\r\n\r\n");
  CHECK(answer.body == "/\xc3\xa9/a/b/ 3 7");
}

TEST_CASE("the handler does not see what the client adds to its answer",
          "[http][threads]") {
  api::Request seen;
  HttpServer server([&](const api::Request& request) {
    seen = request;
    return api::Response{.content_type = request.accept, .body = "x"};
  });
  // httplib decodes header values; a line break must not come out of it.
  const RawReply answer = Ask(server.port(),
                              "GET / HTTP/1.1\r\nHost: localhost\r\n"
                              "Accept: text/plain%0d%0aX-Evil:%201\r\n\r\n");
  CHECK(seen.accept == "text/plain\r\nX-Evil: 1");
  CHECK(answer.status == 200);
  CHECK_THAT(answer.head, !Catch::Contains("X-Evil"));
}

TEST_CASE("a Range is ignored, be it well formed or not", "[http][threads]") {
  HttpServer server(Echo);
  const std::string range = GENERATE("bytes=0-1", "bytes=90-", "bytes=5-1",
                                     "nonsense", "bytes=0-0,1-1,0-9");
  CAPTURE(range);
  RawClient connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send(Post("Range: " + range + "\r\n" + Length(4), "body"));
    const RawReply answer = connection.ReadReply();
    CHECK(answer.status == 200);
    CHECK(answer.body == Echoed("body"));
  }
}

}  // namespace
}  // namespace bobbin::testing
