// The smoke test: the main job on a real engine, which CONU_HOST names. Images come from the registry that
// CONU_TEST_REGISTRY names; what a test makes is named for its process, and removed again.

package conu_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
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
func start(t *testing.T, script string) *conu.Container {
	t.Helper()
	builder, err := conu.NewRunBuilder([]string{"sh", "-c", script})
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
	info, err := engine.Info(ctx)
	if err != nil || !json.Valid(info) {
		t.Errorf("info %s: %v", info, err)
	}
	var version struct{ ApiVersion string }
	text, err := engine.Version(ctx)
	if err != nil || json.Unmarshal(text, &version) != nil || version.ApiVersion == "" {
		t.Errorf("version %s: %v", text, err)
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

func TestAPullReportsItsSteps(t *testing.T) {
	image, err := conu.NewImage(ctx, openEngine(t), repository(t), conu.WithTag("latest"), conu.WithPullPolicy(conu.PullNever))
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	if image.FullName() != repository(t)+":latest" || image.Repository() != repository(t) || image.Tag() != "latest" {
		t.Errorf("named %q: %q and %q", image.FullName(), image.Repository(), image.Tag())
	}
	var steps []conu.Step
	if err := image.Pull(ctx, conu.WithProgress(func(step conu.Step) { steps = append(steps, step) })); err != nil {
		t.Fatal(err)
	}
	if len(steps) == 0 || steps[0].Status == "" {
		t.Errorf("steps %v", steps)
	}
	if err := image.Pull(ctx); err != nil {
		t.Error(err)
	}
	if present, err := image.IsPresent(ctx); err != nil || !present {
		t.Errorf("present %v, %v", present, err)
	}
}

func TestInspectAndMetadataTellTheSame(t *testing.T) {
	image := busybox(t, openEngine(t))
	id, err := image.ID(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Id string }
	text, err := image.Inspect(ctx, conu.WithRefresh())
	if err != nil || json.Unmarshal(text, &document) != nil || strings.TrimPrefix(document.Id, "sha256:") != strings.TrimPrefix(id, "sha256:") {
		t.Errorf("inspect of %s: %s, %v", id, text, err)
	}
	metadata, err := image.Metadata(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if metadata.Identifier != document.Id || metadata.CreationTimestamp == "" || len(metadata.RepoDigests) == 0 || len(metadata.Command) == 0 {
		t.Errorf("metadata %+v", metadata)
	}
	if !strings.Contains(strings.Join(metadata.ImageNames, " "), image.FullName()) {
		t.Errorf("%s is not among %v", image.FullName(), metadata.ImageNames)
	}
	byID, err := conu.ImageFromID(ctx, openEngine(t), id)
	if err != nil {
		t.Fatal(err)
	}
	byID.Close()
}

func TestTheEngineListsTheImageAndItsLayers(t *testing.T) {
	engine := openEngine(t)
	image := busybox(t, engine)
	id, err := image.ID(ctx)
	if err != nil {
		t.Fatal(err)
	}
	images, err := engine.ListImages(ctx)
	found := false
	for _, listed := range images {
		listedID, err := listed.ID(ctx)
		found = found || err == nil && listedID == id
		listed.Close()
	}
	if err != nil || !found {
		t.Errorf("%s is not among %d images: %v", id, len(images), err)
	}
	if ids, err := image.LayerIDs(ctx, true); err != nil || len(ids) == 0 {
		t.Errorf("layers %v: %v", ids, err)
	}
	layers, err := image.Layers(ctx, true)
	if err != nil || len(layers) == 0 {
		t.Errorf("%d layers: %v", len(layers), err)
	}
	for _, layer := range layers {
		layer.Close()
	}
}

func TestATaggedImageIsRemovedByItsName(t *testing.T) {
	image := busybox(t, openEngine(t))
	tagged, err := image.TagImage(ctx, conu.WithRepository("localhost/"+own("tag")), conu.WithTag("one"))
	if err != nil {
		t.Fatal(err)
	}
	defer tagged.Close()
	if present, err := tagged.IsPresent(ctx); err != nil || !present {
		t.Errorf("after tagging present %v, %v", present, err)
	}
	if err := tagged.Rmi(ctx, conu.WithViaName()); err != nil {
		t.Fatal(err)
	}
	if present, err := tagged.IsPresent(ctx); err != nil || present {
		t.Errorf("after removing present %v, %v", present, err)
	}
	if _, err := image.TagImage(ctx); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("a tag without a name gives %v", err)
	}
}

func TestAnImageIsPushed(t *testing.T) {
	image := busybox(t, openEngine(t))
	name := environment(t, "CONU_TEST_REGISTRY") + "/conu/" + own("push")
	steps := 0
	pushed, err := image.Push(ctx, conu.WithRepository(name), conu.WithTag("one"),
		conu.WithProgress(func(conu.Step) { steps++ }))
	if err != nil {
		t.Fatal(err)
	}
	removeAtEnd(t, pushed)
	if pushed.FullName() != name+":one" || steps == 0 {
		t.Errorf("pushed %q in %d steps", pushed.FullName(), steps)
	}
	again, err := pushed.Push(ctx)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestAnImageIsSavedAndLoaded(t *testing.T) {
	engine := openEngine(t)
	image := busybox(t, engine)
	path := filepath.Join(t.TempDir(), "image.tar")
	if err := image.Save(ctx, path); err != nil {
		t.Fatal(err)
	}
	loaded, err := conu.LoadImages(ctx, engine, path, conu.WithProgress(func(conu.Step) {}))
	if err != nil || len(loaded) != 1 || loaded[0].FullName() != image.FullName() {
		t.Fatalf("loaded %v: %v", loaded, err)
	}
	loaded[0].Close()
	if loaded, err = conu.LoadImages(ctx, engine, path); err != nil || len(loaded) != 1 {
		t.Fatalf("loaded %v: %v", loaded, err)
	}
	loaded[0].Close()
}

func folderWith(t *testing.T, dockerfile string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "Recipe"), []byte(dockerfile), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestAnImageIsBuilt(t *testing.T) {
	engine := openEngine(t)
	busybox(t, engine)
	folder := folderWith(t, "FROM "+repository(t)+"\nARG WORD\nENV WORD=$WORD\n")
	var log strings.Builder
	built, err := conu.BuildImage(ctx, engine, folder, conu.WithDockerfile("Recipe"), conu.WithName("localhost/"+own("build")+":one"),
		conu.WithBuildArg("WORD", "hello"), conu.WithLabel("made.by", "go"),
		conu.WithProgress(func(step conu.Step) { log.WriteString(step.Text + "\n") }))
	if err != nil {
		t.Fatal(err)
	}
	removeAtEnd(t, built)
	metadata, err := built.Metadata(ctx)
	if err != nil || metadata.Env["WORD"] != "hello" || metadata.Labels["made.by"] != "go" {
		t.Errorf("metadata %+v: %v", metadata, err)
	}
	if !strings.Contains(log.String(), "FROM "+repository(t)) {
		t.Errorf("log %q", log.String())
	}
}

func TestABuildTellsWhichStepFailed(t *testing.T) {
	engine := openEngine(t)
	busybox(t, engine)
	_, err := conu.BuildImage(ctx, engine, folderWith(t, "FROM "+repository(t)+"\nRUN exit 7\n"), conu.WithDockerfile("Recipe"))
	if !errors.Is(err, conu.ErrCommandFailed) || !strings.Contains(err.Error(), "exit 7") {
		t.Errorf("the build gives %v", err)
	}
}

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
