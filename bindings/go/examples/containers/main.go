// Containers: run a service, wait until it is ready, ask it, run a command in it, copy a file in and out, clean up.
// containers IMAGE
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

const script = "mkdir /www; echo hello > /www/index.html; echo ready; exec httpd -f -p 8080 -h /www"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatalf("usage: %s IMAGE", os.Args[0])
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, name string) (err error) {
	image, err := conu.NewImage(ctx, nil, name)
	if err != nil {
		return err
	}
	builder, err := conu.NewRunBuilder([]string{"sh", "-c", script})
	if err != nil {
		return err
	}
	container, err := image.RunViaAPI(ctx, builder)
	if err != nil {
		return err
	}
	defer func() {
		if deleted := container.Delete(ctx, conu.WithForce(), conu.WithVolumes()); err == nil {
			err = deleted
		}
	}()
	return tryOut(ctx, container)
}

func tryOut(ctx context.Context, container *conu.Container) error {
	ready := conu.All(conu.ForLog("ready"), conu.ForPort(8080))
	if err := container.WaitFor(ctx, ready, conu.WithTimeout(30*time.Second)); err != nil {
		return err
	}
	if err := ask(ctx, container, "/index.html", "the service says"); err != nil {
		return err
	}

	result, err := container.Execute(ctx, []string{"sh", "-c", "wc -c < /www/index.html"})
	if err != nil {
		return err
	}
	fmt.Printf("its page has %s bytes, exit code %d\n", strings.TrimSpace(string(result.Stdout)), result.ExitCode)

	if err := copyOutAndIn(ctx, container); err != nil {
		return err
	}
	if err := ask(ctx, container, "/copy.html", "and its copy"); err != nil {
		return err
	}
	return showLog(ctx, container)
}

func ask(ctx context.Context, container *conu.Container, path, introduction string) error {
	response, err := container.HTTPRequest(ctx, "GET", path, 8080, nil)
	if err != nil {
		return err
	}
	fmt.Printf("%s %d, %s", introduction, response.Status, response.Body)
	return nil
}

func copyOutAndIn(ctx context.Context, container *conu.Container) error {
	folder, err := conu.NewDirectory(ctx)
	if err != nil {
		return err
	}
	defer folder.Close()
	page := filepath.Join(folder.Path(), "page")
	if err := container.CopyFrom(ctx, "/www/index.html", page); err != nil {
		return err
	}
	return container.CopyTo(ctx, page, "/www/copy.html")
}

func showLog(ctx context.Context, container *conu.Container) error {
	logs, err := container.Logs(ctx)
	if err != nil {
		return err
	}
	defer logs.Close()
	return logs.Lines(ctx, func(_ conu.Channel, line []byte) error {
		fmt.Printf("its log: %s\n", line)
		return nil
	})
}
