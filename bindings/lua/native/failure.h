// A failure in Lua: nil, and an error, a table that tells the whole story.
#pragma once

#include <conu/conu.h>

#include "json.h"

namespace conu_lua {

// The metatable of errors, in Lua's registry.
constexpr const char *error_class = "conu.Error";

// The message, and the hint where there is one.
inline int error_to_string(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_getfield(L, 1, "message");
  lua_getfield(L, 1, "hint");
  if (lua_isstring(L, -1))
    lua_pushfstring(L, "%s (%s)", lua_tostring(L, -2), lua_tostring(L, -1));
  else
    lua_pop(L, 1);
  return 1;
}

inline void set_up_errors(lua_State *L) {
  luaL_newmetatable(L, error_class);
  lua_pushcfunction(L, error_to_string);
  lua_setfield(L, -2, "__tostring");
  lua_pop(L, 1);
}

inline void set_text(lua_State *L, const char *field, const char *text) {
  if (text == nullptr) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, field);
}

// Pushes nil and an error that has no more than a code and a message yet. Gives how many values it has pushed.
inline int refuse(lua_State *L, conu_status_t status, const char *message) {
  lua_pushnil(L);
  lua_createtable(L, 0, 7);
  lua_pushinteger(L, status);
  lua_setfield(L, -2, "code");
  set_text(L, "name", conu_status_name(status));
  set_text(L, "message", message);
  luaL_getmetatable(L, error_class);
  lua_setmetatable(L, -2);
  return 2;
}

// Takes the error, which may be NULL. Otherwise as refuse().
inline int push_failure(lua_State *L, conu_status_t status, conu_error_t *error) {
  int pushed = refuse(L, status, conu_error_get_message(error));
  set_text(L, "operation", conu_error_get_operation(error));
  set_text(L, "hint", conu_error_get_hint(error));
  if (int http_status = conu_error_get_http_status(error)) {
    lua_pushinteger(L, http_status);
    lua_setfield(L, -2, "http_status");
  }
  const char *details = conu_error_get_details_json(error);
  if (details != nullptr && push_document(L, details)) lua_setfield(L, -2, "details");
  conu_error_free(error);
  return pushed;
}

}  // namespace conu_lua
