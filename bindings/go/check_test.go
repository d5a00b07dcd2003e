// Checks of images against documents.

package conu_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"conu"
)

func TestAnImageIsChecked(t *testing.T) {
	image, err := conu.NewImage(ctx, nil, repository(t))
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	type checks = map[string]any
	results, err := image.Check(ctx, checks{
		"schemaVersion":      "2.0.0",
		"fileExistenceTests": []checks{{"name": "shell", "path": "/bin/sh"}, {"name": "none", "path": "/none"}},
		"commandTests":       []checks{{"name": "echo", "command": "echo", "args": []string{"a<b"}, "exitCode": 0}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if results.Pass != 2 || results.Fail != 1 || results.Total != 3 || results.Duration <= 0 {
		t.Errorf("%+v", results)
	}
	if first := results.Results[0]; first.Name != "Command Test: echo" || first.Stdout != "a<b\n" || !first.Pass {
		t.Errorf("%+v", first)
	}
	if last := results.Results[2]; last.Pass || len(last.Errors) != 1 || !strings.Contains(last.Errors[0], "/none") {
		t.Errorf("%+v", last)
	}
	report, err := results.JUnit()
	if err != nil || !strings.Contains(report, `<system-out>a&lt;b`) {
		t.Errorf("%s, %v", report, err)
	}
}

func TestAMistakeInChecksIsAnError(t *testing.T) {
	image, err := conu.NewImage(ctx, nil, repository(t))
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	_, err = image.Check(ctx, json.RawMessage(`{"schemaVersion": "2.0.0", "commandTest": []}`))
	if !errors.Is(err, conu.ErrInvalidArgument) || !strings.Contains(err.Error(), "$.commandTest") {
		t.Errorf("%v", err)
	}
}
