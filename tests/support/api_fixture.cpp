#include "support/api_fixture.h"

#include <httplib.h>

#include <optional>

#include "db/migrate.h"
#include "http/server.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

// What the response would be without a transport that streams it.
api::Response Collected(api::Response response) {
  if (response.stream) {
    std::string body;
    api::StreamEnd end = response.stream([&](std::string_view piece) {
      body += piece;
      return true;
    });
    if (body.empty() && end.instead) return *std::move(end.instead);
    REQUIRE(end.whole);
    if (response.stream_bytes) REQUIRE(body.size() == *response.stream_bytes);
    response.body = std::move(body);
    response.stream = nullptr;
  }
  return response;
}

httplib::MultipartFormDataItems Items(const std::vector<FormPart>& parts) {
  httplib::MultipartFormDataItems items;
  for (const FormPart& part : parts) {
    items.push_back({part.name, part.data, part.filename, part.content_type});
  }
  return items;
}

api::Response Received(const httplib::Result& result) {
  REQUIRE(result);
  api::Response response;
  response.status = result->status;
  response.content_type = result->get_header_value("Content-Type");
  response.body = result->body;
  return response;
}

}  // namespace

struct Api::Parts {
  std::unique_ptr<db::Database> database;
  store::Names names;
  std::optional<store::CallStore> calls;
  std::optional<store::ObjectStore> objects;
  std::optional<store::FileStore> files;
  std::optional<store::TableStore> tables;
  std::optional<store::FeedbackStore> feedback;
  std::optional<store::CostStore> costs;
  std::optional<store::RefStore> refs;
  std::optional<store::ProjectStore> projects;
  std::optional<store::ProjectExport> exports;
  std::optional<store::ProjectImport> imports;
  std::optional<control::Control> control;
  std::optional<store::ReportStore> reports;
  std::optional<api::Services> services;
  std::unique_ptr<http::Server> server;  // first to go
};

Api::Api(Transport transport, db::Durability durability,
         int64_t query_timeout_us, const control::Options& control)
    : transport_(transport),
      durability_(durability),
      query_timeout_us_(query_timeout_us),
      control_(control) {
  Open();
}

Api::~Api() { parts_->calls->changes().Stop(); }

void Api::Open() {
  parts_ = std::make_unique<Parts>();
  Parts& p = *parts_;
  auto opened = db::Database::Open({.path = folder_.File("test.db"),
                                    .durability = durability_,
                                    .migrations = db::Migrations(),
                                    .query_timeout_us = query_timeout_us_});
  INFO((opened.ok() ? "" : opened.error().message));
  REQUIRE(opened.ok());
  p.database = std::move(opened).value();
  p.calls.emplace(*p.database, p.names);
  p.objects.emplace(*p.database, p.names, p.calls->changes());
  p.files.emplace(*p.database, p.names);
  p.tables.emplace(*p.database, p.names);
  p.feedback.emplace(*p.database, p.names, p.calls->changes());
  p.costs.emplace(*p.database, p.names);
  p.refs.emplace(*p.database);
  p.projects.emplace(*p.database, p.names, *p.calls);
  p.control.emplace(control_);
  p.exports.emplace(*p.database);
  p.imports.emplace(*p.database, p.names, *p.calls);
  p.reports.emplace(*p.database);
  p.services.emplace(api::Services{*p.calls, *p.objects, *p.files, *p.tables,
                                   *p.feedback, *p.costs, *p.refs, *p.projects,
                                   *p.exports, *p.imports, *p.reports,
                                   *p.control, clock, ids, "memory"});
  if (transport_ == Transport::kInProcess) return;
  p.server = std::make_unique<http::Server>(
      http::ServerOptions{.keep_headers = control_.journal.most_entries > 0});
  REQUIRE(p.server->Bind().ok());
  p.server->Start([&p](const api::Request& request) {
    return api::Dispatch(*p.services, request);
  });
}

void Api::Restart() {
  parts_.reset();
  Open();
}

store::Changes& Api::changes() { return parts_->calls->changes(); }

int Api::port() const { return parts_->server->port(); }

db::Database& Api::database() { return *parts_->database; }

api::Response Api::Send(api::Request request) {
  if (transport_ == Transport::kInProcess) {
    return Collected(api::Dispatch(*parts_->services, request));
  }
  httplib::Client client("127.0.0.1", parts_->server->port());
  httplib::Headers headers;
  for (const auto& [name, value] : request.headers) {
    headers.emplace(name, value);
  }
  if (!request.accept.empty()) headers.emplace("Accept", request.accept);
  httplib::Result result;
  if (request.method == "GET") {
    result = client.Get(
        request.path,
        httplib::Params(request.query.begin(), request.query.end()), headers);
  } else if (request.method == "DELETE") {
    result = client.Delete(request.path, headers);
  } else if (request.method == "PUT") {
    result =
        client.Put(request.path, headers, request.body, request.content_type);
  } else {
    result =
        client.Post(request.path, headers, request.body, request.content_type);
  }
  return Received(result);
}

api::Response Api::SendForm(const std::string& path,
                            std::vector<FormPart> parts) {
  if (transport_ == Transport::kInProcess) {
    WholeForm form(std::move(parts));
    return Send({.method = "POST",
                 .path = path,
                 .content_type = "multipart/form-data; boundary=x",
                 .form = &form});
  }
  httplib::Client client("127.0.0.1", parts_->server->port());
  return Received(client.Post(path, Items(parts)));
}

api::Response Api::Post(std::string_view path, std::string_view json) {
  return Send({.method = "POST",
               .path = std::string(path),
               .content_type = "application/json",
               .body = std::string(json)});
}

std::string Api::Ok(std::string_view path, std::string_view json) {
  const api::Response response = Post(path, json);
  INFO(path << " " << json << "\n" << response.body);
  REQUIRE(response.status == 200);
  return response.body;
}

}  // namespace bobbin::testing
