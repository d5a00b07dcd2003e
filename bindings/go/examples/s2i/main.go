// Source-to-image: extend an image with a website whose scripts come along, serve it, ask it, clean up. s2i IMAGE
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"conu"
)

var website = map[string]string{
	"index.html":        "hello from the source\n",
	".s2i/bin/assemble": "#!/bin/sh\necho assembling\nmkdir -p /srv && cp /tmp/src/index.html /srv\n",
	".s2i/bin/run":      "#!/bin/sh\nexec httpd -f -p 8080 -h /srv\n",
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatalf("usage: %s IMAGE", os.Args[0])
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, name string) error {
	source, err := conu.NewDirectory(ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	for file, content := range website {
		path := filepath.Join(source.Path(), file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	builder, err := conu.NewImage(ctx, nil, name)
	if err != nil {
		return err
	}
	report := func(step conu.Step) { fmt.Println(step.Text) }
	image, err := builder.S2IExtendWithProgress(ctx, report, source.Path(), "localhost/conu-example:go",
		"-e", "GREETING=hello", "--description=a website")
	if err != nil {
		return err
	}
	defer image.Rmi(ctx, conu.WithForce())
	fmt.Println("made", image.FullName())
	return serve(ctx, image)
}

func serve(ctx context.Context, image *conu.Image) error {
	container, err := image.RunViaAPI(ctx, nil)
	if err != nil {
		return err
	}
	defer container.Delete(ctx, conu.WithForce())
	if err := container.WaitForPort(ctx, 8080, conu.WithTimeout(10*time.Second)); err != nil {
		return err
	}
	response, err := container.HTTPRequest(ctx, "GET", "/index.html", 8080, nil)
	if err != nil {
		return err
	}
	fmt.Println("answered", strings.TrimSpace(string(response.Body)))
	return nil
}
