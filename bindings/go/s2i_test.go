// Source-to-image: what comes of a source and a builder.

package conu_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"conu"
)

// writeFiles puts files into a folder, those in bin as programs.
func writeFiles(t *testing.T, folder string, files map[string]string) string {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// newBuilder is a builder whose assemble runs the script `do` of the source.
func newBuilder(t *testing.T) *conu.Image {
	t.Helper()
	folder := writeFiles(t, t.TempDir(), map[string]string{
		"Dockerfile": "FROM " + repository(t) + "\nCOPY bin /s2i\n" +
			"LABEL io.openshift.s2i.scripts-url=image:///s2i\n",
		"bin/assemble": "#!/bin/sh\nexec sh /tmp/src/do\n",
		"bin/run":      "#!/bin/sh\ncat /tmp/src/do\n",
		"bin/usage":    "#!/bin/sh\necho how to use it\n",
	})
	builder, err := conu.BuildImage(ctx, openEngine(t), folder, conu.WithName("localhost/conu-go-builder:1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		builder.Rmi(ctx, conu.WithForce())
		builder.Close()
	})
	return builder
}

func TestABuilderIsExtendedWithASource(t *testing.T) {
	builder := newBuilder(t)
	source := writeFiles(t, t.TempDir(), map[string]string{"do": "echo WHO is $WHO"})
	var lines []string
	report := func(step conu.Step) { lines = append(lines, step.Text) }
	image, err := builder.S2IExtendWithProgress(ctx, report, source, "localhost/conu-go-extended:1", "-e", "WHO=me")
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	defer image.Rmi(ctx, conu.WithForce())
	if image.FullName() != "localhost/conu-go-extended:1" {
		t.Errorf("it is called %s", image.FullName())
	}
	if said := strings.Join(lines, "\n"); !strings.Contains(said, "WHO is me") {
		t.Errorf("assemble said %q", said)
	}
	metadata, err := image.Metadata(ctx)
	if err != nil || metadata.Labels["io.openshift.s2i.build.source-location"] != source || metadata.Env["WHO"] != "me" {
		t.Errorf("metadata %+v: %v", metadata, err)
	}
}

func TestABuilderTellsItsUsage(t *testing.T) {
	if usage, err := newBuilder(t).S2IUsage(ctx); err != nil || usage != "how to use it" {
		t.Errorf("usage %q: %v", usage, err)
	}
}

func TestAFailedExtensionTellsWhy(t *testing.T) {
	builder := newBuilder(t)
	source := writeFiles(t, t.TempDir(), map[string]string{"do": "echo it went wrong; exit 42"})
	_, err := builder.S2IExtend(ctx, source, "localhost/conu-go-failed:1")
	if !errors.Is(err, conu.ErrCommandFailed) || !strings.Contains(err.Error(), "42") ||
		!strings.Contains(err.Error(), "it went wrong") {
		t.Errorf("failed as %v", err)
	}
	if _, err := builder.S2IExtend(ctx, source, "localhost/conu-go-failed:1", "--run"); !errors.Is(err, conu.ErrUnsupported) {
		t.Errorf("refused as %v", err)
	}
	if _, err := builder.S2IExtend(ctx, source, "Bad Name"); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("refused as %v", err)
	}
}

func TestTheEndOfAContextEndsAnExtension(t *testing.T) {
	builder := newBuilder(t)
	source := writeFiles(t, t.TempDir(), map[string]string{"do": "sleep 60"})
	ended, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := builder.S2IExtend(ended, source, "localhost/conu-go-ended:1"); err == nil {
		t.Error("it did not fail")
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}
