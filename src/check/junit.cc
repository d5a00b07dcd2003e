// Results of checks in the XML of JUnit, as test reports of CI systems read it.
#include <algorithm>

#include "check/results.h"
#include "util/text.h"

namespace conu {

// XML has no way to write some characters, not even as numbers: those become U+FFFD.
static std::string as_xml(std::string_view bytes) {
  static const std::string no_character = "\xEF\xBF\xBD";
  std::string text = as_utf8(bytes), xml;
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    bool is_no_character = text.compare(i, 3, "\xEF\xBF\xBE") == 0 || text.compare(i, 3, "\xEF\xBF\xBF") == 0;
    if (is_no_character) {
      xml += no_character;
      i += 2;
    } else if (c == '&') {
      xml += "&amp;";
    } else if (c == '<') {
      xml += "&lt;";
    } else if (c == '>') {
      xml += "&gt;";
    } else if (c == '"') {
      xml += "&quot;";
    } else if (c == '\t' || c == '\n' || c == '\r') {
      xml.append("&#").append(decimal(c)).append(";");  // attributes would make blanks of them
    } else if (static_cast<unsigned char>(c) < 0x20) {
      xml += no_character;
    } else {
      xml += c;
    }
  }
  return xml;
}

// Between tags, where lines are lines.
static std::string as_xml_text(std::string_view bytes) {
  std::string xml;
  std::vector<std::string_view> lines = split(bytes, '\n');
  for (size_t i = 0; i < lines.size(); i++) xml += concat(i > 0 ? "\n" : "", as_xml(lines[i]));
  return xml;
}

static std::string attribute(const char *name, std::string_view value) {
  return std::string(" ").append(name).append("=\"").append(as_xml(value)).append("\"");
}

static std::string seconds(int64_t ns) {
  int64_t us = std::max<int64_t>(ns, 0) / 1000;  // not by printf, whose point is the locale's
  std::string fraction = decimal(us % 1000000);
  return concat(decimal(us / 1000000), ".", std::string(6 - fraction.size(), '0'), fraction);
}

static std::string element(const char *name, std::string_view content) {
  if (content.empty()) return "";
  return concat("      <", name, ">", as_xml_text(content), "</", name, ">\n");
}

// "File Content Test: the page" is the test "the page" of the class "File Content Test".
static std::string test_case(const CheckResult &result) {
  std::string kind = result.name.substr(0, result.name.find(": "));
  std::string name = kind.size() < result.name.size() ? result.name.substr(kind.size() + 2) : result.name;
  std::string body, all;
  for (const std::string &error : result.errors) all += concat(all.empty() ? "" : "\n", error);
  if (!result.holds())
    body = concat("      <failure", attribute("message", result.errors.front()), attribute("type", "failure"), ">",
                  as_xml_text(all), "</failure>\n");
  body += concat(element("system-out", result.out), element("system-err", result.err));
  std::string start = concat("    <testcase", attribute("name", name), attribute("classname", kind),
                             attribute("time", seconds(result.duration_ns)));
  return body.empty() ? concat(start, "/>\n") : concat(start, ">\n", body, "    </testcase>\n");
}

std::string to_junit(const CheckResults &all) {
  auto failed =
      std::count_if(all.results.begin(), all.results.end(), [](const CheckResult &result) { return !result.holds(); });
  std::string counts = concat(attribute("tests", decimal(all.results.size())), attribute("failures", decimal(failed)),
                              attribute("errors", "0"), attribute("time", seconds(all.duration_ns)));
  std::string xml = concat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", counts, ">\n  <testsuite",
                           attribute("name", all.image.empty() ? "image" : all.image), counts, ">\n");
  for (const CheckResult &result : all.results) xml += test_case(result);
  return concat(xml, "  </testsuite>\n</testsuites>\n");
}

}  // namespace conu
