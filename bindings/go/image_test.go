// Images: pulled, looked into, tagged, pushed, saved and built.

package conu_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"conu"
)

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
	document, err := image.Inspect(ctx, conu.WithRefresh())
	if err != nil || strings.TrimPrefix(fmt.Sprint(document["Id"]), "sha256:") != strings.TrimPrefix(id, "sha256:") {
		t.Errorf("inspect of %s: %v, %v", id, document, err)
	}
	if size, isNumber := document["Size"].(json.Number); !isNumber {
		t.Errorf("size %v", size)
	}
	metadata, err := image.Metadata(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if metadata.Identifier != document["Id"] || metadata.CreationTimestamp == "" || len(metadata.RepoDigests) == 0 || len(metadata.Command) == 0 {
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

func TestAnImageWithoutRPMHasNoSignedPackages(t *testing.T) {
	image := busybox(t, openEngine(t))
	if _, err := image.HasPkgsSignedWith(ctx, []string{"0123456789abcdef"}); !errors.Is(err, conu.ErrUnsupported) {
		t.Errorf("an image without rpm gives %v", err)
	}
	if _, err := image.HasPkgsSignedWith(ctx, nil); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("no keys give %v", err)
	}
}
