// Calls with a result, by its kind: text, a document, a number, a list.

package conu

import (
	"context"
	"encoding/json"
	"strings"

	"conu/internal/native"
)

// text runs a call whose result is a string.
func text[T ~uintptr](ctx context.Context, h *handle[T],
	get func(self T, cancel native.Cancel, out *native.Text, failure *uintptr) native.Conu_status) (string, error) {
	var out native.Text
	err := call(ctx, h, func(self T, cancel native.Cancel, failure *uintptr) { get(self, cancel, &out, failure) })
	return out.Take(), err
}

// document runs a call whose result is a JSON object. Its numbers become json.Number, which is exact.
func document[T ~uintptr](ctx context.Context, h *handle[T],
	get func(self T, cancel native.Cancel, out *native.Text, failure *uintptr) native.Conu_status) (map[string]any, error) {
	text, err := text(ctx, h, get)
	if err != nil {
		return nil, err
	}
	var read map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&read)
	return read, err
}

// number runs a call whose result is a number.
func number[T ~uintptr](ctx context.Context, h *handle[T],
	get func(self T, cancel native.Cancel, out *int32, failure *uintptr) native.Conu_status) (int, error) {
	var out int32
	err := call(ctx, h, func(self T, cancel native.Cancel, failure *uintptr) { get(self, cancel, &out, failure) })
	return int(out), err
}

// list runs a call whose result is a list of strings.
func list[T ~uintptr](ctx context.Context, h *handle[T],
	get func(self T, cancel native.Cancel, out, failure *uintptr) native.Conu_status) ([]string, error) {
	var out uintptr
	err := call(ctx, h, func(self T, cancel native.Cancel, failure *uintptr) { get(self, cancel, &out, failure) })
	if err != nil {
		return nil, err
	}
	return takeStrings(out), nil
}
