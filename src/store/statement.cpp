#include "store/statement.h"

namespace bobbin::store {
namespace {

struct Binder {
  db::Query& query;
  int64_t project;

  void operator()(int64_t number) const { query.Bind(number); }
  void operator()(double number) const { query.Bind(number); }
  void operator()(std::string_view text) const { query.Bind(text); }
  void operator()(const std::string& text) const {
    query.Bind(std::string_view(text));
  }
  void operator()(query::ProjectRow) const { query.Bind(project); }
};

}  // namespace

void BindAll(db::Query& query, const query::Statement& statement,
             int64_t project) {
  for (const query::Parameter& parameter : statement.parameters) {
    std::visit(Binder{query, project}, parameter);
  }
}

}  // namespace bobbin::store
