// Results are refused or make JSON that reads as the same results again, and a report that is XML: its tags are closed,
// and it has no character that XML cannot have.
#include "check/results.h"

#include <vector>

#include "fuzz.h"

using namespace conu;

static void require_text(std::string_view text) {
  for (size_t i = 0; i < text.size(); i++) {
    require(text[i] != '<' && text[i] != '>');
    require(static_cast<unsigned char>(text[i]) >= 0x20 || text[i] == '\n');
    require(text.substr(i, 3) != "\xEF\xBF\xBE" && text.substr(i, 3) != "\xEF\xBF\xBF");
    if (text[i] == '&') require(text.find(';', i) != text.npos);
  }
}

static void require_xml(std::string_view xml) {
  std::vector<std::string_view> open;
  xml.remove_prefix(xml.find("?>") + 2);
  while (!xml.empty()) {
    size_t begin = xml.find('<'), end = xml.find('>');
    require_text(xml.substr(0, begin));
    if (begin == xml.npos) break;
    require(end != xml.npos && begin < end);
    std::string_view tag = xml.substr(begin + 1, end - begin - 1);
    xml.remove_prefix(end + 1);
    bool is_end = tag.starts_with('/'), is_empty = tag.ends_with('/');
    std::string_view name = tag.substr(is_end, tag.find(' ') - is_end);
    if (is_end) {
      require(!open.empty() && open.back() == name);
      open.pop_back();
    } else if (!is_empty) {
      open.push_back(name);
    }
    size_t quotes = 0;
    for (char c : tag) quotes += c == '"';
    require(quotes % 2 == 0);
    require_text(tag);
  }
  require(open.empty());
}

void fuzz(std::string_view input) {
  accepts(Code::invalid_argument, [&] {
    CheckResults results = read_results(input);
    std::string json = to_json(results), xml = to_junit(results);
    require(to_json(read_results(json)) == json);
    require(to_junit(read_results(json)) == xml);
    require_xml(xml);
  });
}
