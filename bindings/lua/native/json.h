// JSON as Lua values: objects and arrays are tables, null is the module's `null`, integers are integers where Lua has
// them.
#pragma once

#include <jansson.h>

#include <cmath>

namespace conu_lua {

bool push_json(lua_State *L, const json_t *value);

inline bool push_object(lua_State *L, const json_t *object) {
  lua_createtable(L, 0, static_cast<int>(json_object_size(object)));
  auto *mutable_object = const_cast<json_t *>(object);  // to be walked only
  for (void *at = json_object_iter(mutable_object); at != nullptr; at = json_object_iter_next(mutable_object, at)) {
    lua_pushstring(L, json_object_iter_key(at));
    if (!push_json(L, json_object_iter_value(at))) return false;
    lua_rawset(L, -3);
  }
  return true;
}

inline bool push_array(lua_State *L, const json_t *array) {
  size_t size = json_array_size(array);
  lua_createtable(L, static_cast<int>(size), 0);
  for (size_t i = 0; i < size; i++) {
    if (!push_json(L, json_array_get(array, i))) return false;
    lua_rawseti(L, -2, static_cast<int>(i + 1));
  }
  return true;
}

// Whole numbers are integers, also in a document with an integer too big for 64 bits, in which Jansson makes all of
// them reals.
inline void push_real(lua_State *L, double number) {
  const double biggest_exact = 9007199254740992.0;
  if (std::floor(number) == number && std::fabs(number) <= biggest_exact)
    lua_pushinteger(L, static_cast<lua_Integer>(number));
  else
    lua_pushnumber(L, number);
}

// Pushes the value; false, with the stack in any state, if Lua's stack is too small for such depth.
inline bool push_json(lua_State *L, const json_t *value) {
  if (!lua_checkstack(L, 4)) return false;
  switch (json_typeof(value)) {
    case JSON_OBJECT:
      return push_object(L, value);
    case JSON_ARRAY:
      return push_array(L, value);
    case JSON_STRING:
      lua_pushlstring(L, json_string_value(value), json_string_length(value));
      break;
    case JSON_INTEGER:
      lua_pushinteger(L, static_cast<lua_Integer>(json_integer_value(value)));
      break;
    case JSON_REAL:
      push_real(L, json_real_value(value));
      break;
    case JSON_TRUE:
    case JSON_FALSE:
      lua_pushboolean(L, json_is_true(value));
      break;
    case JSON_NULL:
      lua_pushlightuserdata(L, nullptr);
      break;
  }
  return true;
}

// Pushes what the text says; false, and nothing, if it is no JSON.
inline bool push_document(lua_State *L, const char *text) {
  const size_t flags = JSON_ALLOW_NUL | JSON_DECODE_ANY;
  json_error_t error;
  json_t *document = json_loads(text, flags, &error);
  if (document == nullptr) document = json_loads(text, flags | JSON_DECODE_INT_AS_REAL, &error);
  if (document == nullptr) return false;
  int top = lua_gettop(L);
  bool is_pushed = push_json(L, document);
  if (!is_pushed) lua_settop(L, top);
  json_decref(document);
  return is_pushed;
}

}  // namespace conu_lua
