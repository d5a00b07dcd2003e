// FileStatus: what a file of a mounted image is.

package conu

import (
	"encoding/json"
	"io/fs"
	"time"
)

// FileStatus is what a file is in the image or the container.
type FileStatus struct {
	Path        string            `json:"path"`        // without links, but for the last component: "/usr/bin/sh"
	Type        string            `json:"type"`        // "file", "directory", "symlink", "fifo", "socket", "character_device" or "block_device"
	Mode        fs.FileMode       `json:"-"`           // permissions, special bits and the type
	Permissions string            `json:"permissions"` // as "ls -l" has them, such as "-rwsr-xr-x"
	UID         int               `json:"uid"`
	GID         int               `json:"gid"`
	Size        int64             `json:"size"`
	Links       int64             `json:"nlink"` // how many names it has
	Inode       int64             `json:"inode"`
	ModTime     time.Time         `json:"-"`
	Target      string            `json:"target"`   // what a link says
	Resolved    string            `json:"resolved"` // where a link leads in the end; empty where that is nowhere
	Major       int               `json:"major"`    // of a device
	Minor       int               `json:"minor"`    // of a device
	Xattrs      map[string][]byte `json:"-"`        // extended attributes
}

// specialBits are those that Go and chmod count differently.
var specialBits = map[fs.FileMode]uint{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000}

var fileTypes = map[string]fs.FileMode{
	"file": 0, "directory": fs.ModeDir, "symlink": fs.ModeSymlink, "fifo": fs.ModeNamedPipe, "socket": fs.ModeSocket,
	"character_device": fs.ModeDevice | fs.ModeCharDevice, "block_device": fs.ModeDevice,
}

// modeOf gives a mode of chmod and a type as Go has them.
func modeOf(bits uint, kind string) fs.FileMode {
	mode, known := fileTypes[kind]
	if !known {
		mode = fs.ModeIrregular
	}
	mode |= fs.FileMode(bits) & fs.ModePerm
	for special, bit := range specialBits {
		if bits&bit != 0 {
			mode |= special
		}
	}
	return mode
}

func readFileStatus(text string) (*FileStatus, error) {
	var read struct {
		FileStatus
		Bits        uint   `json:"mode"`
		Seconds     int64  `json:"mtime"`
		Nanoseconds int64  `json:"mtime_ns"`
		TargetBytes []byte `json:"target_base64"`
		Attributes  map[string]struct {
			Value []byte `json:"base64"`
		} `json:"xattrs"`
	}
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		return nil, err
	}
	status := read.FileStatus
	status.Mode = modeOf(read.Bits, status.Type)
	status.ModTime = time.Unix(read.Seconds, read.Nanoseconds)
	if read.TargetBytes != nil {
		status.Target = string(read.TargetBytes)
	}
	status.Xattrs = make(map[string][]byte, len(read.Attributes))
	for name, attribute := range read.Attributes {
		status.Xattrs[name] = attribute.Value
	}
	return &status, nil
}
