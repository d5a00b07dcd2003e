// Engine: a connection to Docker or to Podman's service.

package conu

import (
	"context"
	"encoding/json"
	"time"

	"conu/internal/native"
)

// Engine is a connection to a container engine. Where a function takes one, nil is the default engine.
type Engine struct {
	handle *handle[native.SwigcptrEngine]
}

// The default engine has no object of its own: libconu takes NULL for it.
var defaultEngine = &handle[native.SwigcptrEngine]{kind: "default engine"}

func (e *Engine) orDefault() *handle[native.SwigcptrEngine] {
	if e == nil {
		return defaultEngine
	}
	return e.handle
}

func newEngine(out uintptr, err error) (*Engine, error) {
	if err != nil {
		return nil, err
	}
	free := func(object native.SwigcptrEngine) { native.DeleteEngine(object) }
	return &Engine{newHandle("engine", native.SwigcptrEngine(out), free)}, nil
}

// OpenEngine opens an engine and pings it. The url is unix://PATH, tcp://HOST:PORT, https://HOST:PORT or context:NAME;
// empty, the engine is discovered: CONU_HOST, DOCKER_HOST, DOCKER_CONTEXT, the current context of Docker's
// configuration, then the default sockets.
func OpenEngine(ctx context.Context, url string) (*Engine, error) {
	var out uintptr
	err := withCancel(ctx, func(cancel native.Cancel) error {
		return attempt(func(failure *uintptr) { native.Engine_open(url, cancel, &out, failure) })
	})
	return newEngine(out, err)
}

// DefaultEngine is the engine that nil stands for: discovered at its first use, then kept for the process.
func DefaultEngine(ctx context.Context) (*Engine, error) {
	var out uintptr
	err := withCancel(ctx, func(cancel native.Cancel) error {
		return attempt(func(failure *uintptr) { native.Engine_default(cancel, &out, failure) })
	})
	return newEngine(out, err)
}

// Close frees the engine. Images and containers made from it go on working. The default engine stays.
func (e *Engine) Close() error {
	if e != nil {
		e.handle.close()
	}
	return nil
}

// URL is the endpoint, such as "unix:///var/run/docker.sock".
func (e *Engine) URL() string {
	return getter(e.orDefault(), func(self native.SwigcptrEngine) string { return self.Get_url() })
}

// APIVersion is the version of the Docker Engine API that was agreed on, such as "1.41".
func (e *Engine) APIVersion() string {
	return getter(e.orDefault(), func(self native.SwigcptrEngine) string { return self.Get_api_version() })
}

// Discovery tells how the engine was found, as a JSON array: each candidate, where it comes from, what it answered.
func (e *Engine) Discovery() json.RawMessage {
	return getter(e.orDefault(), func(self native.SwigcptrEngine) json.RawMessage {
		return json.RawMessage(self.Get_discovery_json())
	})
}

// SetTimeout sets how long to wait for a connection and for the head of an answer; negative for no limit.
func (e *Engine) SetTimeout(timeout time.Duration) error {
	return e.orDefault().use(func(self native.SwigcptrEngine) error {
		return attempt(func(failure *uintptr) { self.Set_timeout(milliseconds(timeout), failure) })
	})
}

// Ping asks the engine for a sign of life.
func (e *Engine) Ping(ctx context.Context) error {
	return call(ctx, e.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		self.Ping(cancel, failure)
	})
}

// Info gives facts about the engine's host: the document of GET /info.
func (e *Engine) Info(ctx context.Context) (map[string]any, error) {
	return document(ctx, e.orDefault(), native.SwigcptrEngine.Info)
}

// Version gives the versions of the engine: the document of GET /version.
func (e *Engine) Version(ctx context.Context) (map[string]any, error) {
	return document(ctx, e.orDefault(), native.SwigcptrEngine.Version)
}

// Login checks credentials with the engine and keeps them in this engine for later pulls, pushes and builds. An empty
// registry is Docker Hub.
func (e *Engine) Login(ctx context.Context, username, password, registry string) error {
	return call(ctx, e.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		self.Login(username, password, registry, cancel, failure)
	})
}

// ListImages gives the images that the engine has, each once, named by the first of its names.
func (e *Engine) ListImages(ctx context.Context) ([]*Image, error) {
	var out uintptr
	err := call(ctx, e.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		self.List_images(cancel, &out, failure)
	})
	return takeImages(out, err)
}

// ListContainers gives the containers that the engine has, running or not.
func (e *Engine) ListContainers(ctx context.Context) ([]*Container, error) {
	var out uintptr
	err := call(ctx, e.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		self.List_containers(cancel, &out, failure)
	})
	return takeContainers(out, err)
}

// milliseconds rounds up, so that a short time does not become none.
func milliseconds(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
