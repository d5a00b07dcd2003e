// Results of checks: their JSON, and the report that is made of it.
#include "check/results.h"

#include "check.h"

using namespace conu;

static CheckResults one(CheckResult result) {
  CheckResults all;
  all.image = "quay.io/x:1";
  all.duration_ns = 2500000000;
  all.results.push_back(std::move(result));
  return all;
}

static bool has(const std::string &text, const std::string &part) { return text.find(part) != text.npos; }

static std::string junit(const std::string &json) { return to_junit(read_results(json)); }

TEST(results_have_the_members_that_container_structure_test_writes) {
  CHECK_EQUAL(to_json(one({"File Existence Test: a", {"it is not there"}, "", "", 7})),
              "{\"Image\":\"quay.io/x:1\",\"Pass\":0,\"Fail\":1,\"Total\":1,\"Duration\":2500000000,\"Results\":[{"
              "\"Name\":\"File Existence Test: a\",\"Pass\":false,\"Errors\":[\"it is not there\"],\"Duration\":7}]}");
  CHECK(has(to_json(one({"a", {}, "out", "err", 7})),
            R"({"Name":"a","Pass":true,"Stdout":"out","Stderr":"err","Duration":7})"));
}

TEST(output_that_is_no_text_is_made_text) {
  std::string json = to_json(one({"a", {std::string("\xff", 1)}, std::string("x\0\xfe", 3), "", 0}));
  CHECK(has(json, "\"Stdout\":\"x\xEF\xBF\xBD\xEF\xBF\xBD\""));
  CHECK(has(json, "\"Errors\":[\"\xEF\xBF\xBD\"]"));
}

TEST(a_report_has_what_ci_systems_read) {
  std::string xml = to_junit(one({"Command Test: a <b>", {"first & \"second\"", "third"}, "o\n", "", 1234567890}));
  CHECK(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"1\" failures=\"1\""));
  CHECK(has(xml, "<testsuite name=\"quay.io/x:1\" tests=\"1\" failures=\"1\" errors=\"0\" time=\"2.500000\">"));
  CHECK(has(xml, "<testcase name=\"a &lt;b&gt;\" classname=\"Command Test\" time=\"1.234567\">"));
  CHECK(has(xml, "<failure message=\"first &amp; &quot;second&quot;\" type=\"failure\">"));
  CHECK(has(xml, "third</failure>"));
  CHECK(has(xml, "<system-out>o\n</system-out>"));
  CHECK(!has(xml, "system-err"));
}

TEST(what_xml_cannot_have_is_replaced_in_a_report) {
  std::string xml = junit(R"({"Results": [{"Name": "a\u0001\n", "Pass": false, "Errors": ["\u001b[31m\uffff"],
                                           "Stdout": "a\u0000b]]>\r\n"}]})");
  CHECK(has(xml, "name=\"a\xEF\xBF\xBD&#10;\""));
  CHECK(has(xml, "message=\"\xEF\xBF\xBD[31m\xEF\xBF\xBD\""));
  CHECK(has(xml,
            "<system-out>a\xEF\xBF\xBD"
            "b]]&gt;&#13;\n</system-out>"));
}

TEST(results_of_container_structure_test_make_a_report) {
  std::string xml = junit(R"({"Pass":1,"Fail":0,"Total":1,"Duration":15,"Results":[{"Name":"Metadata Test",
                              "Pass":true,"Duration":0}]})");
  CHECK(has(xml, "<testcase name=\"Metadata Test\" classname=\"Metadata Test\" time=\"0.000000\"/>"));
}

TEST(what_are_no_results_is_refused_by_its_path) {
  CHECK_FAILS(junit(""), Code::invalid_argument, "the argument results_json");
  CHECK_FAILS(junit("[]"), Code::invalid_argument, "should be an object");
  CHECK_FAILS(junit("null"), Code::invalid_argument, "should be an object");
  CHECK_FAILS(junit(R"({"Results": {}})"), Code::invalid_argument, "$.Results should be an array");
  CHECK_FAILS(junit(R"({"Results": [{"Pass": true}]})"), Code::invalid_argument, "$.Results[0].Name is missing");
  CHECK_FAILS(junit(R"({"Results": [{"Name": "a"}]})"), Code::invalid_argument, "$.Results[0].Pass is missing");
}

int main() { return check::run_all("check/results"); }
