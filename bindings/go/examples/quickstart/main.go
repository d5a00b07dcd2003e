// Quickstart: pull an image, look at it, run a command in it, show what came of it, clean up. quickstart IMAGE
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"conu"
)

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
	image, err := conu.NewImage(ctx, nil, name, conu.WithPullPolicy(conu.PullNever))
	if err != nil {
		return err
	}
	defer image.Close()
	if err := image.Pull(ctx, conu.WithProgress(show)); err != nil {
		return err
	}
	metadata, err := image.Metadata(ctx)
	if err != nil {
		return err
	}
	fmt.Println(image.FullName())
	fmt.Println("  id", metadata.Identifier)
	fmt.Println("  created", metadata.CreationTimestamp)
	fmt.Println("  labels", metadata.Labels)
	return greet(ctx, image)
}

func show(step conu.Step) {
	fmt.Printf("  %s %s", step.Layer, step.Status)
	if step.Total > 0 {
		fmt.Printf(" %d/%d", step.Current, step.Total)
	}
	fmt.Println()
}

// greet runs a command in a container, shows what came of it, and removes the container.
func greet(ctx context.Context, image *conu.Image) (err error) {
	builder, err := conu.NewRunBuilder([]string{"echo", "hello", "from", "go"})
	if err != nil {
		return err
	}
	defer builder.Close()
	container, err := image.RunViaAPI(ctx, builder)
	if err != nil {
		return err
	}
	defer func() {
		if deleted := container.Delete(ctx, conu.WithForce(), conu.WithVolumes()); err == nil {
			err = deleted
		}
		container.Close()
	}()
	code, err := container.Wait(ctx, conu.WithTimeout(30*time.Second))
	if err != nil {
		return err
	}
	output, err := container.LogsUnicode(ctx)
	if err != nil {
		return err
	}
	fmt.Print(output)
	fmt.Println("exit code", code)
	return nil
}
