// Ctrl-C: how a call that waits learns that Lua was asked to stop.
//
// An interpreter's signal handler sets a debug hook, which raises an error as soon as Lua runs again; hosts that limit
// a script do the same. So a hook that was not there when the call began ends the call. The library asks by itself,
// some tens of times a second, as the handler wakes nobody.
#pragma once

#include "values.h"

namespace conu_lua {

struct Call {
  lua_State *states[2] = {};  // the coroutine that calls, and the main one, where an interpreter sets its hook
  lua_Hook hooks[2] = {};     // theirs when the call began
  conu_cancel_t *cancel = nullptr;
  bool owns_cancel = false;
};

#if LUA_VERSION_NUM >= 502
inline void set_up_interrupts(lua_State *) {}

inline lua_State *main_state(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *state = lua_tothread(L, -1);
  lua_pop(L, 1);
  return state;
}
#else
// Lua 5.1 does not tell which state is the main one: it is remembered if it is the one that loads the module.
inline char main_state_key;

inline void set_up_interrupts(lua_State *L) {
  bool is_main = lua_pushthread(L);
  lua_pop(L, 1);
  if (!is_main) return;
  lua_pushlightuserdata(L, &main_state_key);
  lua_pushlightuserdata(L, L);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

inline lua_State *main_state(lua_State *L) {
  lua_pushlightuserdata(L, &main_state_key);
  lua_rawget(L, LUA_REGISTRYINDEX);
  auto *state = static_cast<lua_State *>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return state != nullptr ? state : L;
}
#endif

inline bool is_interrupted(void *user) {
  auto *call = static_cast<Call *>(user);
  for (int i = 0; i < 2; i++) {
    lua_Hook hook = lua_gethook(call->states[i]);
    if (hook != nullptr && hook != call->hooks[i]) return true;
  }
  return false;
}

// Takes the cancel object of a call, which Lua gives as such, as milliseconds from now, or not at all. As to_handle().
inline int begin_call(lua_State *L, int index, swig_type_info *type, Call *call) {
  call->states[0] = L;
  call->states[1] = main_state(L);
  for (int i = 0; i < 2; i++) call->hooks[i] = lua_gethook(call->states[i]);

  if (lua_type(L, index) == LUA_TUSERDATA) {
    if (int refused = to_handle(L, index, type, reinterpret_cast<void **>(&call->cancel))) return refused;
  } else {
    call->cancel = conu_cancel_new_with_timeout(lua_isnil(L, index) ? -1 : to_integer(L, index));
    if (call->cancel == nullptr) return push_new(L, nullptr, type);
    call->owns_cancel = true;
  }
  conu_cancel_set_check(call->cancel, is_interrupted, call);
  return 0;
}

inline void end_call(Call *call) {
  if (call->owns_cancel)
    conu_cancel_free(call->cancel);
  else
    conu_cancel_set_check(call->cancel, nullptr, nullptr);
}

}  // namespace conu_lua
