// Package conu pulls images, looks into them, runs them, waits, asserts and cleans up, on Docker and Podman.
//
// It is made for tests. Every call that waits takes a context, whose end cancels it. A failure is an *Error, which tells
// the whole story, and matches the Err constants: errors.Is(err, conu.ErrNotFound).
//
// Types may be used by many goroutines at once, but a RunBuilder is changed by one, and a Stream has one reader and one
// writer. Engines, images, containers, streams and run builders hold memory of the C library: Close them, or leave it to
// the garbage collector. Closing removes nothing that they stand for, may happen while calls run, and may happen twice;
// a call on what is closed fails with ErrState. What is made on this host is otherwise: closing a Directory removes it,
// closing a Filesystem unmounts it.
//
// Where the engine answers with a document, it comes as a map[string]any, as encoding/json reads it, with the engine's
// own names. Numbers are of the type json.Number, which is exact.
package conu

import (
	"encoding/json"

	"conu/internal/native"
)

// Version is the version of the C library, such as "0.1.0".
func Version() string { return native.Version() }

// VersionNumber is the version of the C library as a number: major * 10000 + minor * 100 + patch.
func VersionNumber() int { return native.Version_number() }

// Reference is the name of an image, taken apart.
type Reference struct {
	Domain     string // the registry, "docker.io" where none is named
	Path       string // such as "library/fedora"
	Tag        string // empty where absent
	Digest     string // empty where absent
	Familiar   string // the shortest form, such as "fedora"
	Normalized string // the complete form, such as "docker.io/library/fedora:latest"
}

// ParseReference reads the name of an image by the reference grammar of the distribution project.
func ParseReference(reference string) (Reference, error) {
	var text native.Text
	err := attempt(func(failure *uintptr) { native.Parse_reference(reference, &text, failure) })
	if err != nil {
		return Reference{}, err
	}
	var parsed Reference
	err = json.Unmarshal([]byte(text.Take()), &parsed)
	return parsed, err
}

// takeStrings copies a list that libconu has made, and frees it.
func takeStrings(out uintptr) []string {
	list := native.SwigcptrStringList(out)
	defer native.DeleteStringList(list)
	return copyStrings(list)
}

func copyStrings(list native.StringList) []string {
	strings := make([]string, list.Size())
	for n := range strings {
		strings[n] = list.Get(int64(n))
	}
	return strings
}

// withStrings gives body a list for libconu to read.
func withStrings(strings []string, body func(list native.StringList) error) error {
	list := native.String_list_new()
	defer native.DeleteStringList(list)
	for _, s := range strings {
		if err := attempt(func(failure *uintptr) { list.Append(s, failure) }); err != nil {
			return err
		}
	}
	return body(list)
}
