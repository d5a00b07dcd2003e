// Checks of images against documents.

package conu

import (
	"context"
	"encoding/json"
	"time"

	"conu/internal/native"
)

// CheckResults is what came of a document of checks.
type CheckResults struct {
	Image    string `json:",omitempty"`
	Pass     int    // how many hold
	Fail     int    // how many do not
	Total    int
	Duration time.Duration // of all of them
	Results  []CheckResult // one for each check
}

// CheckResult is what came of one check.
type CheckResult struct {
	Name     string   // such as "File Content Test: the page"
	Pass     bool     // whether it holds
	Errors   []string `json:",omitempty"` // what was expected, and what was found
	Stdout   string   `json:",omitempty"` // of a command
	Stderr   string   `json:",omitempty"`
	Duration time.Duration
}

// Check checks the image against a document, in the schema of container-structure-test and with some checks more; see
// docs/checks.md. The document is a json.RawMessage, or anything that encoding/json makes such a document of. A check
// that does not hold is no error of the call; a mistake in the document is, ErrInvalidArgument, before any request.
func (i *Image) Check(ctx context.Context, checks any) (*CheckResults, error) {
	document, err := json.Marshal(checks)
	if err != nil {
		return nil, err
	}
	results, err := text(ctx, i.handle,
		func(self native.SwigcptrImage, cancel native.Cancel, out *native.Text, failure *uintptr) native.Conu_status {
			return self.Check(string(document), cancel, out, failure)
		})
	if err != nil {
		return nil, err
	}
	var read CheckResults
	err = json.Unmarshal([]byte(results), &read)
	return &read, err
}

// JUnit gives the results as a report in the XML of JUnit, which CI systems read.
func (r *CheckResults) JUnit() (string, error) {
	results, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	var out native.Text
	err = attempt(func(failure *uintptr) { native.Check_results_to_junit(string(results), &out, failure) })
	return out.Take(), err
}
