// Engines, names, and what holds for every call: contexts, errors, goroutines, closing.

package conu_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"conu"
)

func TestAnEngineTellsAboutItself(t *testing.T) {
	engine := openEngine(t)
	if err := engine.Ping(ctx); err != nil {
		t.Error(err)
	}
	if engine.URL() != environment(t, "CONU_HOST") || engine.APIVersion() == "" {
		t.Errorf("url %q, API version %q", engine.URL(), engine.APIVersion())
	}
	var candidates []map[string]any
	if err := json.Unmarshal(engine.Discovery(), &candidates); err != nil || len(candidates) == 0 {
		t.Errorf("discovery %s: %v", engine.Discovery(), err)
	}
	if err := engine.SetTimeout(30 * time.Second); err != nil {
		t.Error(err)
	}
	if err := engine.SetTimeout(0); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("a timeout of 0 gives %v", err)
	}
	if info, err := engine.Info(ctx); err != nil || info["OperatingSystem"] == nil {
		t.Errorf("info %v: %v", info, err)
	}
	if version, err := engine.Version(ctx); err != nil || version["ApiVersion"] == nil {
		t.Errorf("version %v: %v", version, err)
	}
}

func TestTheDefaultEngineIsWhatNilStandsFor(t *testing.T) {
	engine, err := conu.DefaultEngine(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	if engine.URL() != environment(t, "CONU_HOST") {
		t.Errorf("url %q", engine.URL())
	}
	var none *conu.Engine
	if err := none.Ping(ctx); err != nil {
		t.Error(err)
	}
	image, err := conu.NewImage(ctx, nil, repository(t), conu.WithPullPolicy(conu.PullAlways))
	if err != nil {
		t.Fatal(err)
	}
	image.Close()
}

func TestAMissingTagIsNotFound(t *testing.T) {
	_, err := conu.NewImage(ctx, openEngine(t), repository(t), conu.WithTag("missing"), conu.WithPullPolicy(conu.PullAlways))
	var failure *conu.Error
	if !errors.Is(err, conu.ErrNotFound) || !errors.As(err, &failure) {
		t.Fatalf("the pull gives %v", err)
	}
	if failure.Code.Error() != "CONU_ERROR_NOT_FOUND" || failure.Operation == "" || !strings.Contains(failure.Message, "missing") {
		t.Errorf("error %+v", failure)
	}
	if errors.Is(err, conu.ErrConflict) || errors.Is(err, context.Canceled) {
		t.Errorf("%v is more than one thing", err)
	}
}

func TestAnEngineThatIsNotThereIsUnreachable(t *testing.T) {
	_, err := conu.OpenEngine(ctx, "unix://"+filepath.Join(t.TempDir(), "no.sock"))
	if !errors.Is(err, conu.ErrUnreachable) {
		t.Errorf("opening gives %v", err)
	}
}

func TestWhatRegistriesAndEnginesRefuseHasACode(t *testing.T) {
	engine := openEngine(t)
	pull := func(registry string) error {
		_, err := conu.NewImage(ctx, engine, environment(t, registry)+"/conu/busybox", conu.WithPullPolicy(conu.PullAlways))
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(connection, "220 this is no engine\r\n")
			connection.Close()
		}
	}()
	open := func(url string) error { _, err := conu.OpenEngine(ctx, url); return err }
	for _, failing := range []struct{ got, want error }{
		{pull("CONU_TEST_AUTH_REGISTRY"), conu.ErrUnauthorized},
		{pull("CONU_TEST_LIMITED_REGISTRY"), conu.ErrRateLimited},
		{open("ssh://somewhere"), conu.ErrUnsupported},
		{open("tcp://" + listener.Addr().String()), conu.ErrProtocol},
		{busybox(t, engine).Save(ctx, "/dev/full"), conu.ErrIO},
	} {
		if !errors.Is(failing.got, failing.want) {
			t.Errorf("%v is not %v", failing.got, failing.want)
		}
	}
}

func TestTheEndOfTheContextEndsTheCall(t *testing.T) {
	container := start(t, "exec sleep 600")
	for _, end := range []struct {
		name    string
		context func() (context.Context, context.CancelFunc)
		want    error
	}{
		{"cancelled before", func() (context.Context, context.CancelFunc) {
			c, cancel := context.WithCancel(ctx)
			cancel()
			return c, cancel
		}, context.Canceled},
		{"cancelled during", func() (context.Context, context.CancelFunc) {
			c, cancel := context.WithCancel(ctx)
			time.AfterFunc(50*time.Millisecond, cancel)
			return c, cancel
		}, context.Canceled},
		{"deadline", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 50*time.Millisecond)
		}, context.DeadlineExceeded},
	} {
		c, cancel := end.context()
		begun := time.Now()
		_, err := container.Wait(c)
		cancel()
		if !errors.Is(err, end.want) || !errors.Is(err, conu.ErrCancelled) {
			t.Errorf("%s: wait gives %v", end.name, err)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%s: wait took %v", end.name, took)
		}
	}
	_, err := container.Wait(ctx, conu.WithTimeout(50*time.Millisecond))
	if !errors.Is(err, conu.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a timeout gives %v", err)
	}
}

func TestAPullWithProgressIsCancelled(t *testing.T) {
	image := busybox(t, openEngine(t))
	c, cancel := context.WithCancel(ctx)
	defer cancel()
	err := image.Pull(c, conu.WithProgress(func(conu.Step) { cancel() }))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the pull gives %v", err)
	}
}

func TestManyGoroutinesShareEngineAndImage(t *testing.T) {
	engine := openEngine(t)
	image := busybox(t, engine)
	id, err := image.ID(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	for n := 0; n < 200; n++ {
		all.Add(1)
		go func(n int) {
			defer all.Done()
			switch n % 4 {
			case 0:
				if err := engine.Ping(c); err != nil {
					t.Error(err)
				}
			case 1:
				if _, err := image.Inspect(c, conu.WithRefresh()); err != nil {
					t.Error(err)
				}
			case 2:
				if _, err := conu.ImageFromID(ctx, engine, "no-such-id"); !errors.Is(err, conu.ErrNotFound) {
					t.Errorf("a missing image gives %v", err)
				}
			case 3:
				if same, err := conu.ImageFromID(ctx, engine, id); err != nil {
					t.Error(err)
				} else {
					same.Close()
				}
			}
		}(n)
	}
	all.Wait()
}

func TestWhatIsClosedTwiceRefusesCalls(t *testing.T) {
	engine := openEngine(t)
	image := busybox(t, engine)
	for n := 0; n < 2; n++ {
		if engine.Close() != nil || image.Close() != nil {
			t.Error("closing failed")
		}
	}
	if err := engine.Ping(ctx); !errors.Is(err, conu.ErrState) {
		t.Errorf("a closed engine gives %v", err)
	}
	if _, err := image.ID(ctx); !errors.Is(err, conu.ErrState) || image.FullName() != "" {
		t.Errorf("a closed image gives %v and %q", err, image.FullName())
	}
}

func TestClosingDuringACallLetsItFinish(t *testing.T) {
	image := busybox(t, openEngine(t))
	steps := 0
	err := image.Pull(ctx, conu.WithProgress(func(conu.Step) {
		steps++
		image.Close()
	}))
	if err != nil || steps == 0 {
		t.Errorf("the pull gives %v after %d steps", err, steps)
	}
	if err := image.Pull(ctx); !errors.Is(err, conu.ErrState) {
		t.Errorf("a closed image gives %v", err)
	}
}

func TestAReferenceIsTakenApart(t *testing.T) {
	got, err := conu.ParseReference("fedora")
	want := conu.Reference{Domain: "docker.io", Path: "library/fedora", Familiar: "fedora", Normalized: "docker.io/library/fedora:latest"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, wrong := range []string{"", "Fedora", "fedora:", "fed\x00ora"} {
		if _, err := conu.ParseReference(wrong); !errors.Is(err, conu.ErrInvalidArgument) {
			t.Errorf("%q gives %v", wrong, err)
		}
	}
}

func TestTheVersionIsANumberToo(t *testing.T) {
	var major, minor, patch int
	if _, err := fmt.Sscanf(conu.Version(), "%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatal(err)
	}
	if number := major*10000 + minor*100 + patch; conu.VersionNumber() != number {
		t.Errorf("%s is %d", conu.Version(), conu.VersionNumber())
	}
}
