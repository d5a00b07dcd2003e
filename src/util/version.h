// The library's version: the build hands it down from Meson, so that it is written once.
#pragma once

#ifndef CONU_VERSION_TEXT
#error "the build defines CONU_VERSION_TEXT"
#endif
