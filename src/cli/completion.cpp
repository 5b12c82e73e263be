// `bobbin completion`: what a shell needs to complete commands and flags.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"

namespace bobbin::cli {
namespace {

// A flag, as the shells need it.
struct Flag {
  std::vector<std::string> names;  // --limit, -n
  std::string text;
  bool takes_value = false;
  bool takes_file = false;
};

struct Command {
  std::string name, text;
  std::vector<Flag> flags;
  std::vector<std::string> words;  // of its own: subcommands, values
};

Flag FlagOf(const CLI::Option& option) {
  Flag flag;
  for (const std::string& name : option.get_lnames()) {
    flag.names.push_back("--" + name);
  }
  for (const std::string& name : option.get_snames()) {
    flag.names.push_back("-" + name);
  }
  // One line, without what a shell would see as more than text.
  for (const char c : option.get_description()) {
    const bool plain =
        std::string_view("'\"`$\\[]:").find(c) == std::string_view::npos;
    if (plain) flag.text += c == '\n' ? ' ' : c;
  }
  flag.takes_value =
      option.get_items_expected_max() > 0 && option.get_type_size_max() > 0;
  flag.takes_file = option.get_type_name() == "FILE";
  return flag;
}

std::vector<Command> CommandsOf(const CLI::App& app) {
  std::vector<Command> commands;
  for (const CLI::App* sub : app.get_subcommands({})) {
    Command& command = commands.emplace_back();
    command.name = sub->get_name();
    command.text = sub->get_description();
    for (const CLI::Option* option : sub->get_options()) {
      if (option->get_positional()) continue;
      command.flags.push_back(FlagOf(*option));
    }
    for (const CLI::App* below : sub->get_subcommands({})) {
      command.words.push_back(below->get_name());
    }
    if (command.name == "completion") command.words = {"bash", "zsh", "fish"};
  }
  return commands;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) {
    if (!all.empty()) all += ' ';
    all += word;
  }
  return all;
}

std::string NamesOf(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const Command& command : commands) names.push_back(command.name);
  return Joined(names);
}

std::string Bash(const std::vector<Command>& commands) {
  std::string out =
      "# bash completion for bobbin\n"
      "_bobbin() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local words\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '" +
      NamesOf(commands) +
      " --help --version' -- \"$cur\"))\n"
      "    return\n"
      "  fi\n"
      "  case $prev in\n"
      "    --db | --port-file) COMPREPLY=($(compgen -f -- \"$cur\")); return "
      ";;\n"
      "    --status) COMPREPLY=($(compgen -W 'success error running "
      "descendant_error' -- \"$cur\")); return ;;\n"
      "  esac\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const Command& command : commands) {
    std::vector<std::string> words = command.words;
    for (const Flag& flag : command.flags) {
      words.insert(words.end(), flag.names.begin(), flag.names.end());
    }
    out += "    " + command.name + ") words='" + Joined(words) + "' ;;\n";
  }
  return out +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "}\n"
         "complete -o default -F _bobbin bobbin\n";
}

std::string ZshFlag(const Flag& flag) {
  std::string out;
  for (const std::string& name : flag.names) {
    out += " \\\n        '" + name + "[" + flag.text + "]";
    if (flag.takes_file) {
      out += ":file:_files";
    } else if (flag.takes_value) {
      out += ":value:";
    }
    out += "'";
  }
  return out;
}

std::string Zsh(const std::vector<Command>& commands) {
  std::string out =
      "#compdef bobbin\n"
      "_bobbin() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const Command& command : commands) {
    out += "    '" + command.name + ":" + command.text + "'\n";
  }
  out +=
      "  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local name=$words[2]\n"
      "  shift words; (( CURRENT-- ))\n"
      "  case $name in\n";
  for (const Command& command : commands) {
    out += "    " + command.name + ")\n      _arguments";
    for (const Flag& flag : command.flags) out += ZshFlag(flag);
    if (!command.words.empty()) {
      out += " \\\n        '1:what:(" + Joined(command.words) + ")'";
    }
    out += "\n      ;;\n";
  }
  return out +
         "  esac\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _bobbin ]; then\n"
         "  _bobbin \"$@\"\n"
         "else\n"
         "  compdef _bobbin bobbin\n"
         "fi\n";
}

std::string Fish(const std::vector<Command>& commands) {
  std::string out = "# fish completion for bobbin\ncomplete -c bobbin -f\n";
  for (const Command& command : commands) {
    const std::string within =
        "complete -c bobbin -n '__fish_seen_subcommand_from " + command.name +
        "'";
    out += "complete -c bobbin -n __fish_use_subcommand -a " + command.name +
           " -d '" + command.text + "'\n";
    for (const std::string& word : command.words) {
      out += within;
      out += " -a ";
      out += word;
      out += '\n';
    }
    for (const Flag& flag : command.flags) {
      out += within;
      for (const std::string& name : flag.names) {
        const bool is_long = name.starts_with("--");
        out += (is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1);
      }
      if (flag.takes_file) {
        out += " -r -F";
      } else if (flag.takes_value) {
        out += " -x";
      }
      out += " -d '" + flag.text + "'\n";
    }
  }
  return out;
}

}  // namespace

std::function<int()> AddCompletion(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "completion", "Print completions for bash, zsh or fish");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
  command->footer(
      "bash  source <(bobbin completion bash)\n"
      "zsh   source <(bobbin completion zsh)\n"
      "fish  bobbin completion fish | source");
  return [shell, &app] {
    const std::vector<Command> commands = CommandsOf(app);
    std::cout << (*shell == "bash"  ? Bash(commands)
                  : *shell == "zsh" ? Zsh(commands)
                                    : Fish(commands));
    return kExitOk;
  };
}

}  // namespace bobbin::cli
