// What a container does, uses and has changed.

package conu

import (
	"context"
	"encoding/json"

	"conu/internal/native"
)

// Change is a file that differs from the image's.
type Change struct {
	Path string
	Kind ChangeKind
}

// ChangeKind says how it differs.
type ChangeKind int

// The kinds.
const (
	Changed ChangeKind = iota
	Added
	Removed
)

// Changes gives the files that differ from the image's.
func (c *Container) Changes(ctx context.Context) ([]Change, error) {
	out, err := text(ctx, c.handle, native.SwigcptrContainer.Changes)
	if err != nil {
		return nil, err
	}
	var changes []Change
	err = json.Unmarshal([]byte(out), &changes)
	return changes, err
}

// Stats gives what the container uses of processor, memory, network and devices at this moment: the document of GET
// /containers/{id}/stats.
func (c *Container) Stats(ctx context.Context) (map[string]any, error) {
	return document(ctx, c.handle, native.SwigcptrContainer.Stats)
}

// Processes is a table of processes: a title for each column, then their rows.
type Processes struct {
	Titles    []string
	Processes [][]string
}

// Top gives the processes of the container. Which columns there are depends on the engine.
func (c *Container) Top(ctx context.Context) (*Processes, error) {
	out, err := text(ctx, c.handle, native.SwigcptrContainer.Top)
	if err != nil {
		return nil, err
	}
	processes := new(Processes)
	return processes, json.Unmarshal([]byte(out), processes)
}
