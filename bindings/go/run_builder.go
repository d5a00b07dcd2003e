// RunBuilder: how to run a container, in the words of docker run.

package conu

import (
	"encoding/json"

	"conu/internal/native"
)

// RunBuilder holds the options and the command of a container. One goroutine may change it, or many may read it.
type RunBuilder struct {
	handle *handle[native.SwigcptrRunBuilder]
}

// Without a builder libconu takes NULL: no options, and the image's own command.
var noBuilder = &handle[native.SwigcptrRunBuilder]{kind: "run builder"}

func (b *RunBuilder) orNone() *handle[native.SwigcptrRunBuilder] {
	if b == nil {
		return noBuilder
	}
	return b.handle
}

// NewRunBuilder makes a builder from a command with its arguments, nil for the image's own, and options such as
// "--name=web" or "-e", "KEY=value".
func NewRunBuilder(command []string, options ...string) (*RunBuilder, error) {
	var out uintptr
	err := withStrings(command, func(commandList native.StringList) error {
		return withStrings(options, func(optionList native.StringList) error {
			return attempt(func(failure *uintptr) {
				native.Run_builder_new(commandList, optionList, &out, failure)
			})
		})
	})
	if err != nil {
		return nil, err
	}
	free := func(object native.SwigcptrRunBuilder) { native.DeleteRunBuilder(object) }
	return &RunBuilder{newHandle("run builder", native.SwigcptrRunBuilder(out), free)}, nil
}

// Close frees the builder.
func (b *RunBuilder) Close() error {
	b.handle.close()
	return nil
}

// AddOption appends one word to the options. An option with a value is two words, or one with "=".
func (b *RunBuilder) AddOption(option string) error {
	return b.change(func(self native.SwigcptrRunBuilder, failure *uintptr) { self.Add_option(option, failure) })
}

// AddArgument appends one word to the command.
func (b *RunBuilder) AddArgument(argument string) error {
	return b.change(func(self native.SwigcptrRunBuilder, failure *uintptr) { self.Add_argument(argument, failure) })
}

// AddVolume mounts a folder of the engine's host or a volume. The mode, such as "ro" or "Z", may be empty.
func (b *RunBuilder) AddVolume(source, target, mode string) error {
	return b.change(func(self native.SwigcptrRunBuilder, failure *uintptr) {
		self.Add_volume(source, target, mode, failure)
	})
}

// SetBinary names the program of Image.RunViaBinary, which Build names first: "docker" there unless set.
func (b *RunBuilder) SetBinary(binary string) error {
	return b.change(func(self native.SwigcptrRunBuilder, failure *uintptr) { self.Set_binary(binary, failure) })
}

// Build gives the complete command line: program, "run", options, image, command.
func (b *RunBuilder) Build(image string) ([]string, error) {
	var out uintptr
	err := b.change(func(self native.SwigcptrRunBuilder, failure *uintptr) { self.Build(image, &out, failure) })
	if err != nil {
		return nil, err
	}
	return takeStrings(out), nil
}

// Parameters gives the same as the JSON that Image.RunViaAPI sends, without the labels of libconu.
func (b *RunBuilder) Parameters(image string) (json.RawMessage, error) {
	var out native.Text
	err := b.change(func(self native.SwigcptrRunBuilder, failure *uintptr) { self.Get_parameters(image, &out, failure) })
	if err != nil {
		return nil, err
	}
	return json.RawMessage(out.Take()), nil
}

func (b *RunBuilder) change(body func(self native.SwigcptrRunBuilder, failure *uintptr)) error {
	return b.handle.use(func(self native.SwigcptrRunBuilder) error {
		return attempt(func(failure *uintptr) { body(self, failure) })
	})
}
