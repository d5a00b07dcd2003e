// Values as the options of `docker run` write them: numbers, sizes, durations, addresses, lists.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json.h"
#include "util/command_line.h"

namespace conu {

// Decimal, or hexadecimal, octal and binary with their prefix.
int64_t read_integer(std::string_view text, int64_t smallest = std::numeric_limits<int64_t>::min(),
                     int64_t largest = std::numeric_limits<int64_t>::max());
int64_t read_size(std::string_view text);      // "64m", "1.5 GiB"; in bytes
int64_t read_duration(std::string_view text);  // "1m30s", "0.5h"; in nanoseconds
int64_t read_cpus(std::string_view text);      // "1.5", "3/2"; in billionths of a processor

// IPv4 or IPv6, in its normal form. An IPv6 address may stand in brackets.
std::string read_address(std::string_view text);
bool is_ipv4(const std::string &address);

// A line of comma-separated values, which may stand in double quotes.
std::vector<std::string> read_fields(const std::string &text);

// "KEY=VALUE" apart; without an equals sign all of it is the key.
std::pair<std::string, std::string> key_and_value(const std::string &text);
bool has_value(const std::string &text);  // has an equals sign

// A path that begins with a dot, made absolute.
std::string from_working_folder(const std::string &path);

// The member of an object, which is added if it is not there yet.
Json member(Json parent, Text key, const Json &fresh);
Json texts(const std::vector<std::string> &items);

}  // namespace conu
