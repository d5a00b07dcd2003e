// The smoke test: the main job on a real engine, which CONU_HOST names. Images come from the registry that
// CONU_TEST_REGISTRY names; what a test makes is named for its process, and removed again. This file has what the tests
// share.

package conu_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"conu"
)

var ctx = context.Background()

func environment(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set", name)
	}
	return value
}

func openEngine(t *testing.T) *conu.Engine {
	t.Helper()
	engine, err := conu.OpenEngine(ctx, environment(t, "CONU_HOST"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	return engine
}

func repository(t *testing.T) string { return environment(t, "CONU_TEST_REGISTRY") + "/conu/busybox" }

func busybox(t *testing.T, engine *conu.Engine) *conu.Image {
	t.Helper()
	image, err := conu.NewImage(ctx, engine, repository(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { image.Close() })
	return image
}

// start runs a shell script in a container, which is removed at the end of the test.
func start(t *testing.T, script string, options ...string) *conu.Container {
	t.Helper()
	if len(options) == 0 {
		options = []string{"--network", "host"} // it takes half of the time of a start away
	}
	builder, err := conu.NewRunBuilder([]string{"sh", "-c", script}, options...)
	if err != nil {
		t.Fatal(err)
	}
	defer builder.Close()
	container, err := busybox(t, openEngine(t)).RunViaAPI(ctx, builder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := container.Delete(ctx, conu.WithForce(), conu.WithVolumes()); err != nil {
			t.Error(err)
		}
		container.Close()
	})
	return container
}

func own(name string) string { return fmt.Sprintf("conu-go-%s-%d", name, os.Getpid()) }

func removeAtEnd(t *testing.T, images ...*conu.Image) {
	t.Cleanup(func() {
		for _, image := range images {
			if err := image.Rmi(ctx, conu.WithViaName()); err != nil {
				t.Error(err)
			}
			image.Close()
		}
	})
}

// soon gives a context that ends while a call runs.
func soon(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	t.Cleanup(cancel)
	return c
}

// endsSoon checks that a call ends with the context that soon gave it.
func endsSoon(t *testing.T, what string, call func(ctx context.Context) error) {
	t.Helper()
	begun := time.Now()
	if err := call(soon(t)); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, conu.ErrCancelled) {
		t.Errorf("%s gives %v", what, err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("%s took %v", what, took)
	}
}
