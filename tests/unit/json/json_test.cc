// JSON values, and errors that name the path of what is wrong.
#include "json/json.h"

#include "check.h"
#include "util/failure.h"

using namespace conu;

static Json parse(std::string_view text) { return Json::parse(text, "the answer"); }

TEST(a_document_is_read_by_its_types) {
  Json json = parse(R"({"s":"text","i":-5,"b":true,"n":null,"a":[1,"x"],"o":{"k":{"l":2}},"r":2.5})");
  CHECK(json.is_object());
  CHECK_EQUAL(json.size(), 7u);
  CHECK_EQUAL(*json["s"].as_string(), "text");
  CHECK_EQUAL(*json["i"].as_integer(), -5);
  CHECK_EQUAL(*json["b"].as_boolean(), true);
  CHECK(!json["n"]);
  CHECK_EQUAL(json["a"].size(), 2u);
  CHECK_EQUAL(*json["a"].at(1).as_string(), "x");
  CHECK_EQUAL(*json["o"]["k"]["l"].as_integer(), 2);
  CHECK_EQUAL(*json["r"].as_integer(), 2);
}

TEST(what_is_missing_or_null_is_absent_all_the_way_down) {
  Json json = parse(R"({"n":null,"a":[]})");
  CHECK(!json["x"]["y"].at(3)["z"]);
  CHECK(!json["n"]["y"]);
  CHECK(!json["a"].at(0));
  CHECK(!json["x"].as_string());
  CHECK(!json["x"].as_integer());
  CHECK(!json["x"].as_boolean());
  CHECK(json["x"].members().empty());
  CHECK(json["x"].items().empty());
  CHECK_EQUAL(json["x"].size(), 0u);
  CHECK_EQUAL(json["x"].text_or("d"), "d");
  CHECK_EQUAL(json["x"].integer_or(7), 7);
  CHECK_EQUAL(json["x"].boolean_or(true), true);
  CHECK(!parse("null"));
  CHECK_FAILS(parse("null")["a"].required_string(), Code::protocol, ": $.a is missing");
}

TEST(a_wrong_type_is_named_with_its_path) {
  Json json = parse(R"({"a":[{"b":1}],"s":"x"})");
  CHECK_FAILS(json["a"].at(0)["b"].as_string(), Code::protocol,
              "the answer: $.a[0].b should be a string, but is an integer");
  CHECK_FAILS(json["a"]["x"], Code::protocol, "$.a should be an object, but is an array");
  CHECK_FAILS(json["s"].at(0), Code::protocol, "$.s should be an array, but is a string");
  CHECK_FAILS(json["s"].as_integer(), Code::protocol, "$.s should be an integer");
  CHECK_FAILS(json["s"].as_boolean(), Code::protocol, "$.s should be a boolean");
  CHECK_FAILS(json["s"].members(), Code::protocol, "$.s should be an object");
  CHECK_FAILS(json["s"].items(), Code::protocol, "$.s should be an array");
  CHECK_FAILS(json["t"].required_string(), Code::protocol, "$.t is missing");
}

TEST(what_is_no_json_is_refused_with_its_source) {
  for (const char *text : {"", "{", "{]", "<html>", "{\"a\":1}x", "\xff"})
    CHECK_FAILS(parse(text), Code::protocol, "the answer is not JSON");
}

TEST(a_name_with_nul_can_be_read_again) {
  Json object = Json::object().set(Text("a\0b", 3), "x");
  CHECK_EQUAL(parse(object.dump()).members()[0].first, "a\ufffdb");
}

TEST(texts_may_have_nul_and_integers_may_be_too_large) {
  Json json = parse(R"({"s":"a\u0000b","big":123456789012345678901234567890,"small":-123456789012345678901234567890})");
  CHECK_EQUAL(*json["s"].as_string(), std::string("a\0b", 3));
  CHECK_EQUAL(*json["big"].as_integer(), INT64_MAX);
  CHECK_EQUAL(*json["small"].as_integer(), INT64_MIN);
}

TEST(a_document_is_built_and_written_in_the_order_it_was_set) {
  Json json = Json::object();
  json.set("z", "text").set("a", Json::integer(1)).set("b", Json::boolean(false)).set("none", Json());
  json.set("list", Json::array().append(Json::string("x")).append(Json()).append(Json::object()));
  CHECK_EQUAL(json.dump(), R"({"z":"text","a":1,"b":false,"list":["x",{}]})");
  json.set("z", "other");
  CHECK_EQUAL(json.dump(), R"({"z":"other","a":1,"b":false,"list":["x",{}]})");
  CHECK_EQUAL(Json().dump(), "null");
  CHECK_EQUAL(Json::string("\xff").dump(), "\"\xef\xbf\xbd\"");
  CHECK_EQUAL(Json::object().set("\xff", "x").dump(), "{\"\xef\xbf\xbd\":\"x\"}");
}

TEST(what_is_written_reads_as_it_was) {
  for (const char *text :
       {R"({"":{"a\"b":["\\","\n\u0001\u007F/",[],{}],"ü":"\uD83D\uDE00"},"n":null,"r":-1.5,"t":true,"f":false})",
        R"([-9223372036854775808,9223372036854775807,0.1,1e300,"a\u0000b","\u0000"])", R"("text")", "12", "true"}) {
    Json json = parse(text);
    CHECK_EQUAL(parse(json.dump()).dump(), json.dump());
  }
  CHECK_EQUAL(parse(R"({"a\"b" : [ "\n", "\\\u0001", 1.5, null ], "c" : {} })").dump(),
              R"({"a\"b":["\n","\\\u0001",1.5,null],"c":{}})");
  CHECK_EQUAL(parse(R"(["a\u0000b"])").dump(), R"(["a\u0000b"])");
}

TEST(copies_share_the_tree_and_outlive_the_document) {
  Json child;
  {
    Json json = parse(R"({"a":{"b":[]}})");
    child = json["a"];
    Json moved = std::move(json);
    moved["a"].set("c", Json::integer(1));
  }
  CHECK_EQUAL(child.dump(), R"({"b":[],"c":1})");
}

TEST(members_and_items_come_in_their_order) {
  std::string keys;
  for (const auto &[key, value] : parse(R"({"b":1,"a":null,"c":3})").members()) keys += key + (value ? "1" : "0");
  CHECK_EQUAL(keys, "b1a0c1");
  std::string items;
  for (const Json &item : parse(R"(["x",null,"y"])").items()) items += item.text_or("-");
  CHECK_EQUAL(items, "x-y");
}

int main() { return check::run_all("json"); }
