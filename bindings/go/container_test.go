// Containers: run, waited for and removed.

package conu_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"conu"
)

func TestAContainerRunsToItsEnd(t *testing.T) {
	container := start(t, "echo hello from go; exit 3")
	if container.ID() == "" || container.Name() == "" {
		t.Errorf("id %q, name %q", container.ID(), container.Name())
	}
	if code, err := container.Wait(ctx, conu.WithTimeout(30*time.Second)); err != nil || code != 3 {
		t.Errorf("wait gives %d, %v", code, err)
	}
	if code, err := container.ExitCode(ctx); err != nil || code != 3 {
		t.Errorf("exit code %d, %v", code, err)
	}
	if log, err := container.LogsUnicode(ctx); err != nil || log != "hello from go\n" {
		t.Errorf("log %q, %v", log, err)
	}
	if running, err := container.IsRunning(ctx); err != nil || running {
		t.Errorf("running %v, %v", running, err)
	}
}

func TestAContainerIsKilledStoppedAndDeleted(t *testing.T) {
	container := start(t, "exec sleep 600")
	if running, err := container.IsRunning(ctx); err != nil || !running {
		t.Errorf("running %v, %v", running, err)
	}
	if err := container.Delete(ctx); !errors.Is(err, conu.ErrConflict) {
		t.Errorf("deleting what runs gives %v", err)
	}
	if err := container.Kill(ctx, ""); err != nil {
		t.Error(err)
	}
	if code, err := container.Wait(ctx, conu.WithTimeout(30*time.Second)); err != nil || code != 137 {
		t.Errorf("wait gives %d, %v", code, err)
	}
	if err := container.Stop(ctx, conu.WithGrace(time.Second)); err != nil {
		t.Error(err)
	}
	if err := container.Delete(ctx); err != nil {
		t.Error(err)
	}
	if _, err := container.IsRunning(ctx); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("a deleted container gives %v", err)
	}
}

func TestARunBuilderGivesCommandLineAndParameters(t *testing.T) {
	builder, err := conu.NewRunBuilder([]string{"echo"}, "-e", "A=b")
	if err != nil {
		t.Fatal(err)
	}
	defer builder.Close()
	for _, err := range []error{builder.AddOption("--rm"), builder.AddArgument(""), builder.AddVolume("/a", "/b", "ro"), builder.SetBinary("podman")} {
		if err != nil {
			t.Error(err)
		}
	}
	line, err := builder.Build("fedora:33")
	text := strings.Join(line, " ")
	if err != nil || !strings.HasPrefix(text, "podman run ") || !strings.HasSuffix(text, " fedora:33 echo ") {
		t.Errorf("command line %q, %v", line, err)
	}
	var parameters struct {
		Image    string
		Cmd, Env []string
	}
	body, err := builder.Parameters("fedora:33")
	if err != nil || json.Unmarshal(body, &parameters) != nil || parameters.Image != "fedora:33" ||
		!reflect.DeepEqual(parameters.Cmd, []string{"echo", ""}) || !reflect.DeepEqual(parameters.Env, []string{"A=b"}) {
		t.Errorf("parameters %s, %v", body, err)
	}
}
