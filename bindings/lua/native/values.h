// Text, numbers and lists on their way between Lua and C. As to_handle(), a to_… that gives an int gives how many
// values it has pushed because it refuses what it got.
#pragma once

#include <cmath>
#include <cstring>

#include "handle.h"

namespace conu_lua {

// nil is NULL. C would cut a string at its first NUL byte.
inline int to_text(lua_State *L, int index, const char **out) {
  *out = nullptr;
  if (lua_isnil(L, index)) return 0;
  if (!lua_isstring(L, index))
    return luaL_argerror(L, index, lua_pushfstring(L, "string expected, got %s", luaL_typename(L, index)));
  size_t size = 0;
  *out = lua_tolstring(L, index, &size);
  if (std::strlen(*out) == size) return 0;
  return refuse(L, CONU_ERROR_INVALID_ARGUMENT, lua_pushfstring(L, "\"%s...\" has a NUL byte", *out));
}

inline int64_t to_integer(lua_State *L, int index) {
  const double limit = 9e18;
  double number = luaL_checknumber(L, index);
  if (std::isnan(number)) return luaL_argerror(L, index, "this is not a number");
  return static_cast<int64_t>(std::fmax(-limit, std::fmin(number, limit)));
}

// nil is NULL, else it is an array. The list belongs to Lua's stack, so it is freed whatever happens.
inline int to_strings(lua_State *L, int index, swig_type_info *type, conu_string_list_t **out) {
  *out = nullptr;
  if (lua_isnil(L, index)) return 0;
  luaL_checktype(L, index, LUA_TTABLE);
  // An option among the words, which belongs elsewhere, would be ignored without a sign.
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING)
      return luaL_argerror(L, index, lua_pushfstring(L, "'%s' is no word of an array", lua_tostring(L, -2)));
  conu_string_list_t *list = conu_string_list_new();
  if (list == nullptr) return push_new(L, nullptr, type);
  SWIG_NewPointerObj(L, list, type, 1);

  for (size_t i = 1, size = lua_rawlen(L, index); i <= size; i++) {
    lua_rawgeti(L, index, static_cast<int>(i));
    if (!lua_isstring(L, -1))
      return luaL_argerror(L, index, lua_pushfstring(L, "word %d is a %s", static_cast<int>(i), luaL_typename(L, -1)));
    const char *text = nullptr;
    if (int refused = to_text(L, lua_gettop(L), &text)) return refused;
    conu_error_t *error = nullptr;
    if (conu_status_t status = conu_string_list_append(list, text, &error); status != CONU_OK)
      return push_failure(L, status, error);
    lua_pop(L, 1);
  }
  *out = list;
  return 0;
}

inline void push_strings(lua_State *L, const conu_string_list_t *list) {
  if (list == nullptr) {
    lua_pushnil(L);
    return;
  }
  size_t size = conu_string_list_size(list);
  lua_createtable(L, static_cast<int>(size), 0);
  for (size_t i = 0; i < size; i++) {
    lua_pushstring(L, conu_string_list_get(list, i));
    lua_rawseti(L, -2, static_cast<int>(i + 1));
  }
}

// A kind of list of handles, as its functions.
template <class List, class Item>
struct ListKind {
  size_t (*size)(const List *);
  conu_status_t (*get)(const List *, size_t, Item **, conu_error_t **);
  void (*free)(List *);
};
constexpr ListKind<conu_image_list_t, conu_image_t> image_list = {conu_image_list_size, conu_image_list_get,
                                                                  conu_image_list_free};
constexpr ListKind<conu_container_list_t, conu_container_t> container_list = {
    conu_container_list_size, conu_container_list_get, conu_container_list_free};

// Takes the list: pushes an array of its items, or why there is none. Gives how many values it has pushed.
template <class List, class Item>
int push_all(lua_State *L, List *list, const ListKind<List, Item> &kind, swig_type_info *item_type) {
  size_t size = kind.size(list);
  conu_status_t status = CONU_OK;
  conu_error_t *error = nullptr;
  lua_createtable(L, static_cast<int>(size), 0);
  for (size_t i = 0; i < size && status == CONU_OK; i++) {
    Item *item = nullptr;
    status = kind.get(list, i, &item, &error);
    SWIG_NewPointerObj(L, item, item_type, 1);
    lua_rawseti(L, -2, static_cast<int>(i + 1));
  }
  kind.free(list);
  return status == CONU_OK ? 1 : push_failure(L, status, error);
}

// A piece of a stream and the number of its channel; nil at the end of the stream.
inline int push_piece(lua_State *L, int channel, const char *data, size_t size) {
  if (data == nullptr) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushlstring(L, data, size);
  lua_pushinteger(L, channel);
  return 2;
}

// decode(text): what a JSON document says, or nil and an error.
inline int decode(lua_State *L) {
  return push_document(L, luaL_checkstring(L, 1)) ? 1 : refuse(L, CONU_ERROR_PROTOCOL, "this is no JSON");
}

}  // namespace conu_lua
