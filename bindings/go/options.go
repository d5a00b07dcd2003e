// Options of the calls. Each call accepts the options that mean something to it, and the compiler knows which.

package conu

import (
	"io/fs"
	"time"
)

// settings is the sum of what options can say; a call reads what it has accepted.
type settings struct {
	repository, tag   string
	pullPolicy        PullPolicy
	platform          string
	progress          func(Step)
	names             []string
	dockerfile        string
	arguments, labels []pair
	target            string
	noCache, pull     bool
	refresh           bool
	force, viaName    bool
	volumes           bool
	grace, timeout    time.Duration

	user, workdir   string
	env             []pair
	stdin           []byte
	tty, privileged bool

	follow, timestamps bool
	channels           map[Channel]bool
	since, until       *time.Time
	tail               int64

	occurrences   int
	containerName string

	path, selinux string
	mode          *fs.FileMode
	owner         pair
	acl           []string

	method         string
	entries, bytes int64
}

type pair struct{ name, value string }

type option interface{ apply(*settings) }

type setting func(*settings)

func (s setting) apply(to *settings) { s(to) }

func collect[O option](options []O) settings {
	s := settings{pullPolicy: PullIfNotPresent, grace: -1, timeout: -1, tail: -1, occurrences: 1, entries: -1, bytes: -1}
	for _, o := range options {
		o.apply(&s)
	}
	return s
}

// ImageOption is an option of NewImage.
type ImageOption interface {
	option
	forImage()
}

// PullOption is an option of Image.Pull.
type PullOption interface {
	option
	forPull()
}

// PushOption is an option of Image.Push.
type PushOption interface {
	option
	forPush()
}

// TagOption is an option of Image.TagImage and Container.Commit.
type TagOption interface {
	option
	forTag()
}

// BuildOption is an option of BuildImage.
type BuildOption interface {
	option
	forBuild()
}

// LoadOption is an option of LoadImages.
type LoadOption interface {
	option
	forLoad()
}

// InspectOption is an option of Inspect and Metadata, of images and containers.
type InspectOption interface {
	option
	forInspect()
}

// RmiOption is an option of Image.Rmi.
type RmiOption interface {
	option
	forRmi()
}

// StopOption is an option of Container.Stop and Container.Restart.
type StopOption interface {
	option
	forStop()
}

// DeleteOption is an option of Container.Delete.
type DeleteOption interface {
	option
	forDelete()
}

// WaitOption is an option of what may take long: the waits of Container, reading from a Stream and writing to it.
type WaitOption interface {
	option
	forWait()
}

// NameOption says a part of an image's name.
type NameOption struct{ setting }

func (NameOption) forPush() {}
func (NameOption) forTag()  {}

// WithRepository names an image, without its tag.
func WithRepository(repository string) NameOption {
	return NameOption{func(s *settings) { s.repository = repository }}
}

// TagNameOption says an image's tag.
type TagNameOption struct{ setting }

func (TagNameOption) forImage() {}
func (TagNameOption) forPush()  {}
func (TagNameOption) forTag()   {}

// WithTag says the tag of an image.
func WithTag(tag string) TagNameOption {
	return TagNameOption{func(s *settings) { s.tag = tag }}
}

// PolicyOption says when NewImage pulls.
type PolicyOption struct{ setting }

func (PolicyOption) forImage() {}

// WithPullPolicy says when NewImage pulls; PullIfNotPresent unless given.
func WithPullPolicy(policy PullPolicy) PolicyOption {
	return PolicyOption{func(s *settings) { s.pullPolicy = policy }}
}

// PlatformOption says for which platform an image is.
type PlatformOption struct{ setting }

func (PlatformOption) forPull()  {}
func (PlatformOption) forBuild() {}

// WithPlatform asks for a platform, such as "linux/arm64/v8".
func WithPlatform(platform string) PlatformOption {
	return PlatformOption{func(s *settings) { s.platform = platform }}
}

// ProgressOption says who is told of each step.
type ProgressOption struct{ setting }

func (ProgressOption) forPull()  {}
func (ProgressOption) forPush()  {}
func (ProgressOption) forBuild() {}
func (ProgressOption) forLoad()  {}

// WithProgress has each step reported, on the goroutine that makes the call.
func WithProgress(report func(Step)) ProgressOption {
	return ProgressOption{func(s *settings) { s.progress = report }}
}

// RecipeOption says how to build an image.
type RecipeOption struct{ setting }

func (RecipeOption) forBuild() {}

// WithName gives the built image one more name, with or without a tag.
func WithName(name string) RecipeOption {
	return RecipeOption{func(s *settings) { s.names = append(s.names, name) }}
}

// WithDockerfile names the Dockerfile, relative to the folder; "Dockerfile" unless given.
func WithDockerfile(path string) RecipeOption {
	return RecipeOption{func(s *settings) { s.dockerfile = path }}
}

// WithBuildArg gives a value for an ARG of the Dockerfile.
func WithBuildArg(name, value string) RecipeOption {
	return RecipeOption{func(s *settings) { s.arguments = append(s.arguments, pair{name, value}) }}
}

// WithLabel gives the built image a label.
func WithLabel(name, value string) RecipeOption {
	return RecipeOption{func(s *settings) { s.labels = append(s.labels, pair{name, value}) }}
}

// WithTarget stops at a stage of the Dockerfile.
func WithTarget(stage string) RecipeOption {
	return RecipeOption{func(s *settings) { s.target = stage }}
}

// WithoutCache runs every step even if the engine has its result.
func WithoutCache() RecipeOption { return RecipeOption{func(s *settings) { s.noCache = true }} }

// WithFreshBase pulls the base image even if the engine has it.
func WithFreshBase() RecipeOption { return RecipeOption{func(s *settings) { s.pull = true }} }

// RefreshOption says how fresh an answer must be.
type RefreshOption struct{ setting }

func (RefreshOption) forInspect() {}

// WithRefresh asks the engine anew instead of taking its last answer.
func WithRefresh() RefreshOption { return RefreshOption{func(s *settings) { s.refresh = true }} }

// ForceOption says that little may stand in the way.
type ForceOption struct{ setting }

func (ForceOption) forRmi()    {}
func (ForceOption) forDelete() {}

// WithForce removes an image also if it has other names or a stopped container uses it, a container also if it runs.
func WithForce() ForceOption { return ForceOption{func(s *settings) { s.force = true }} }

// ViaNameOption says what of an image is removed.
type ViaNameOption struct{ setting }

func (ViaNameOption) forRmi() {}

// WithViaName removes this name of the image, and the image once no name is left.
func WithViaName() ViaNameOption { return ViaNameOption{func(s *settings) { s.viaName = true }} }

// VolumesOption says what is removed with a container.
type VolumesOption struct{ setting }

func (VolumesOption) forDelete() {}

// WithVolumes removes also the container's anonymous volumes.
func WithVolumes() VolumesOption { return VolumesOption{func(s *settings) { s.volumes = true }} }

// GraceOption says how patient a stop is.
type GraceOption struct{ setting }

func (GraceOption) forStop() {}

// WithGrace says how long the container may take to end before it is killed; rounded up to whole seconds.
func WithGrace(grace time.Duration) GraceOption {
	return GraceOption{func(s *settings) { s.grace = grace }}
}

// TimeoutOption says how long a wait may last.
type TimeoutOption struct{ setting }

func (TimeoutOption) forWait() {}
func (TimeoutOption) forExec() {}

// WithTimeout ends the call with ErrTimeout. (The deadline of the context ends it with ErrCancelled.)
func WithTimeout(timeout time.Duration) TimeoutOption {
	return TimeoutOption{func(s *settings) { s.timeout = timeout }}
}
