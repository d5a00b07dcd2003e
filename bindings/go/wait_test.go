// Waiting until a container is ready.

package conu_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"conu"
)

func TestEveryConditionComesTrue(t *testing.T) {
	container := start(t, "echo early; sleep 0.3; "+service, "-p", "127.0.0.1::8080", "--health-cmd=test -e /www/page",
		"--health-interval=200ms")
	within := conu.WithTimeout(30 * time.Second)
	for name, condition := range map[string]conu.Condition{
		"port":    conu.ForPort(8080),
		"log":     conu.ForLog("^rea.y$"),
		"times":   conu.ForLog("early|ready", conu.WithOccurrences(2)),
		"http":    conu.ForHTTP(8080, "/page", 200),
		"health":  conu.ForHealthy(),
		"status":  conu.ForStatus("running"),
		"command": conu.ForCommand([]string{"test", "-e", "/www/page"}, 0),
		"all":     conu.All(conu.ForLog("ready"), conu.Any(conu.ForLog("never"), conu.ForPort(8080))),
	} {
		if err := container.WaitFor(ctx, condition, within); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, wait := range map[string]func() error{
		"port":   func() error { return container.WaitForPort(ctx, 8080, within) },
		"log":    func() error { return container.WaitForLog(ctx, "ready", within) },
		"http":   func() error { return container.WaitForHTTP(ctx, 8080, "/page", 200, within) },
		"health": func() error { return container.WaitForHealthy(ctx, within) },
		"status": func() error { return container.WaitForStatus(ctx, "running", within) },
	} {
		if err := wait(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWaitEndsWithTheContext(t *testing.T) {
	container := asleep(t)
	endsSoon(t, "a wait for the log", func(c context.Context) error { return container.WaitForLog(c, "never") })
	endsSoon(t, "a wait for all", func(c context.Context) error {
		return container.WaitFor(c, conu.All(conu.ForLog("never"), conu.ForCommand([]string{"false"}, 0)))
	})
	if err := container.WaitForLog(ctx, "never", conu.WithTimeout(50*time.Millisecond)); !errors.Is(err, conu.ErrTimeout) {
		t.Errorf("a timeout gives %v", err)
	}
}

func TestAWaitEndsWithTheContainer(t *testing.T) {
	container := start(t, "echo the last word; sleep 0.3; exit 3")
	begun := time.Now()
	err := container.WaitFor(ctx, conu.Any(conu.ForPort(8080), conu.ForLog("never")), conu.WithTimeout(30*time.Second))
	var failure *conu.Error
	if !errors.Is(err, conu.ErrState) || !errors.As(err, &failure) || !json.Valid(failure.Details) {
		t.Errorf("%v: %+v", err, failure)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the wait took %v", took)
	}
}

func TestWhatCannotBeWaitedForIsRefused(t *testing.T) {
	container := asleep(t)
	for name, condition := range map[string]conu.Condition{
		"empty":     {},
		"port":      conu.ForPort(65536),
		"big port":  conu.ForPort(1<<32 + 8080),
		"pattern":   conu.ForLog("("),
		"NUL":       conu.ForLog("a\x00b"),
		"times":     conu.ForLog("a", conu.WithOccurrences(0)),
		"status":    conu.ForStatus("happy"),
		"inside":    conu.All(conu.Any(conu.ForPort(-1))),
		"nothing":   conu.Any(),
		"command":   conu.ForCommand(nil, 0),
		"path":      conu.ForHTTP(8080, "no path", 200),
		"HTTP port": conu.ForHTTP(0, "/", 200),
	} {
		if err := container.WaitFor(ctx, condition, conu.WithTimeout(time.Second)); !errors.Is(err, conu.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
