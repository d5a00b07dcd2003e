// Tar archives made by hand, with all that a writer of good will would not put in.
#pragma once

#include <cstdio>
#include <cstring>
#include <string>

// A header in the way of ustar.
inline std::string tar_header(char type, const std::string &name, const std::string &target = "", size_t size = 0,
                              unsigned mode = 0644, const std::string &prefix = "") {
  std::string header(512, '\0');
  auto put = [&](size_t at, const std::string &text) { header.replace(at, text.size(), text); };
  auto number = [&](size_t at, int digits, unsigned long long value) {
    char text[24];
    snprintf(text, sizeof text, "%0*llo", digits, value);
    put(at, text);
  };
  put(0, name.substr(0, 100));
  number(100, 7, mode);
  number(108, 7, 1000);
  number(116, 7, 1001);
  number(124, 11, size);
  number(136, 11, 1234567890);
  header[156] = type;
  put(157, target.substr(0, 100));
  put(257, std::string("ustar\0"
                       "00",
                       8));
  number(329, 7, 1);
  number(337, 7, 3);
  put(345, prefix);
  unsigned sum = 8 * ' ';
  for (unsigned char c : header) sum += c;
  number(148, 6, sum);
  return header;
}

inline std::string tar_padded(std::string bytes) {
  bytes.resize((bytes.size() + 511) / 512 * 512, '\0');
  return bytes;
}

inline std::string tar_file(const std::string &name, const std::string &content, unsigned mode = 0644) {
  return tar_header('0', name, "", content.size(), mode) + tar_padded(content);
}

inline std::string pax_record(const std::string &key, const std::string &value) {
  std::string rest = " " + key + "=" + value + "\n";
  size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) length = std::to_string(length).size() + rest.size();
  return std::to_string(length) + rest;
}

inline std::string pax(const std::string &records) {
  return tar_header('x', "pax", "", records.size()) + tar_padded(records);
}

inline const std::string tar_end(1024, '\0');
