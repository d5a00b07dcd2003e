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

func TestAContainerIsPausedRenamedAndRestarted(t *testing.T) {
	container := start(t, "exec sleep 600")
	if err := container.Unpause(ctx); !errors.Is(err, conu.ErrConflict) {
		t.Errorf("unpausing what is not paused gives %v", err)
	}
	if err := container.Pause(ctx); err != nil {
		t.Fatal(err)
	}
	if status, err := container.Status(ctx); err != nil || status != "paused" {
		t.Errorf("status %q, %v", status, err)
	}
	if err := container.Unpause(ctx); err != nil {
		t.Error(err)
	}
	name := own("renamed")
	if err := container.Rename(ctx, name); err != nil || container.Name() != name {
		t.Errorf("name %q, %v", container.Name(), err)
	}
	before, _ := container.PID(ctx)
	if err := container.Restart(ctx, conu.WithGrace(0)); err != nil {
		t.Error(err)
	}
	if after, err := container.PID(ctx); err != nil || after == before {
		t.Errorf("pid %d, %v", after, err)
	}
	if err := container.Kill(ctx, "KILL"); err != nil {
		t.Error(err)
	}
	if _, err := container.Wait(ctx, conu.WithTimeout(30*time.Second)); err != nil {
		t.Error(err)
	}
	if err := container.Start(ctx); err != nil {
		t.Error(err)
	}
	if running, err := container.IsRunning(ctx); err != nil || !running {
		t.Errorf("running %v, %v", running, err)
	}
}

func TestAContainerTellsWhatItDoesAndHasChanged(t *testing.T) {
	container := start(t, "echo text > /made; rm /etc/passwd; exec sleep 600")
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		changes, err := container.Changes(ctx)
		kinds := map[string]conu.ChangeKind{}
		for _, change := range changes {
			kinds[change.Path] = change.Kind
		}
		if err == nil && kinds["/made"] == conu.Added && kinds["/etc/passwd"] == conu.Removed {
			break
		}
		if time.Now().After(end) {
			t.Errorf("changes %v, %v", changes, err)
			break
		}
	}
	if stats, err := container.Stats(ctx); err != nil || stats["memory_stats"] == nil {
		t.Errorf("stats %v, %v", stats, err)
	}
	processes, err := container.Top(ctx)
	if err != nil || len(processes.Processes) != 1 || len(processes.Processes[0]) != len(processes.Titles) {
		t.Errorf("processes %+v, %v", processes, err)
	}
}

func TestAContainerBecomesAnImage(t *testing.T) {
	container := start(t, "echo text > /made")
	if _, err := container.Wait(ctx, conu.WithTimeout(30*time.Second)); err != nil {
		t.Fatal(err)
	}
	image, err := container.Commit(ctx, conu.WithRepository("localhost/"+own("commit")), conu.WithTag("one"))
	if err != nil {
		t.Fatal(err)
	}
	removeAtEnd(t, image)
	if image.Tag() != "one" {
		t.Errorf("image %q", image.FullName())
	}
	if _, err := container.Commit(ctx, conu.WithTag("one")); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("a tag without a name gives %v", err)
	}
}

func TestTheEngineListsTheContainer(t *testing.T) {
	container := start(t, "true")
	containers, err := openEngine(t).ListContainers(ctx)
	found := false
	for _, listed := range containers {
		found = found || listed.ID() == container.ID() && listed.Name() == container.Name()
		listed.Close()
	}
	if err != nil || !found {
		t.Errorf("%s is not among %d containers: %v", container.Name(), len(containers), err)
	}
}
