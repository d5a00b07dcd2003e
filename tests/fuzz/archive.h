// For targets that read archives.
#pragma once

#include <cstdio>
#include <string>

// Chance alone would hardly ever find a checksum. An archive inside of another one gets its own, too.
inline void set_checksums(std::string *archive) {
  for (size_t at = 0; at + 512 <= archive->size(); at += 512) {
    archive->replace(at + 148, 8, 8, ' ');
    unsigned sum = 0;
    for (size_t i = at; i < at + 512; i++) sum += static_cast<unsigned char>((*archive)[i]);
    char text[8];
    snprintf(text, sizeof text, "%06o", sum);
    if (sum != 8 * ' ') archive->replace(at + 148, 7, text, 7);
    if (sum == 8 * ' ') archive->replace(at + 148, 8, 8, '\0');
  }
}
