// Handles of C in Lua: what SWIG makes, with a close that may come at any time and twice.
#pragma once

#include "failure.h"

namespace conu_lua {

int close(lua_State *L);

// The handle at a place of the stack; null for anything else, also for another library's userdata.
inline swig_lua_userdata *handle_at(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return nullptr;
  lua_pushstring(L, "__gc");
  lua_rawget(L, -2);
  bool is_ours = lua_tocfunction(L, -1) == close;
  lua_pop(L, 2);
  return is_ours ? static_cast<swig_lua_userdata *>(lua_touserdata(L, index)) : nullptr;
}

// Frees what the handle stands for, once; later calls do nothing. Lua calls it as method, as __close and as __gc.
inline int close(lua_State *L) {
  swig_lua_userdata *handle = handle_at(L, 1);
  if (handle == nullptr) return luaL_argerror(L, 1, "a handle of conu expected");
  auto *handle_class = static_cast<swig_lua_class *>(handle->type->clientdata);
  if (handle->own) handle_class->destructor(handle->ptr);
  handle->own = 0;
  handle->ptr = nullptr;
  return 0;
}

// Replaces the __gc of SWIG, which frees a second time when it is called by hand.
inline void set_up_class(lua_State *L, swig_type_info *type) {
  auto *handle_class = static_cast<swig_lua_class *>(type->clientdata);
  if (handle_class == nullptr) return;
  SWIG_Lua_get_class_metatable(L, handle_class->fqname);
  for (const char *name : {"__gc", "__close"}) {
    lua_pushstring(L, name);
    lua_pushcfunction(L, close);
    lua_rawset(L, -3);
  }
  lua_pop(L, 1);
}

inline const char *class_name(swig_type_info *type) { return static_cast<swig_lua_class *>(type->clientdata)->name; }

// nil is NULL. A closed handle is refused: gives how many values were pushed for that, 0 if there is nothing to refuse.
inline int to_handle(lua_State *L, int index, swig_type_info *type, void **out) {
  *out = nullptr;
  if (lua_isnil(L, index)) return 0;
  swig_lua_userdata *handle = handle_at(L, index);
  if (handle == nullptr || handle->type != type) {
    const char *got = handle != nullptr ? class_name(handle->type) : luaL_typename(L, index);
    return luaL_argerror(L, index, lua_pushfstring(L, "%s expected, got %s", class_name(type), got));
  }
  if (handle->ptr == nullptr)
    return refuse(L, CONU_ERROR_STATE, lua_pushfstring(L, "the %s is closed", class_name(type)));
  *out = handle->ptr;
  return 0;
}

// A new handle of Lua's; null is what C gives where it has no memory or, for a cancel object, no file descriptor left.
inline int push_new(lua_State *L, void *object, swig_type_info *type) {
  if (object == nullptr) return refuse(L, CONU_ERROR_NO_MEMORY, "no memory or no file descriptor is left");
  SWIG_NewPointerObj(L, object, type, 1);
  return 1;
}

}  // namespace conu_lua
