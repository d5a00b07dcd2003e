// The peer: Docker's own client for Go.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/client"
)

func cpuTime() int64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func pull(ctx context.Context, engine *client.Client) error {
	stream, err := engine.ImagePull(ctx, os.Getenv("BENCH_BIG_IMAGE"), types.ImagePullOptions{})
	if err != nil {
		return err
	}
	defer stream.Close()
	for decoder := json.NewDecoder(stream); ; {
		var step struct {
			ID, Status, Error string
			ProgressDetail    struct{ Current, Total int64 }
		}
		if err := decoder.Decode(&step); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if step.Error != "" {
			return errors.New(step.Error)
		}
	}
}

func main() {
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	ctx := context.Background()
	engine, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	fail(err)
	actions := map[string]func() error{
		"ping": func() error { _, err := engine.Ping(ctx); return err },
		"inspect": func() error {
			_, _, err := engine.ImageInspectWithRaw(ctx, os.Getenv("BENCH_IMAGE"))
			return err
		},
		"pull": func() error { return pull(ctx, engine) },
	}
	for {
		var name string
		var count int
		if _, err := fmt.Scan(&name, &count); err != nil {
			return
		}
		start, cpu := time.Now(), cpuTime()
		for i := 0; i < count; i++ {
			fail(actions[name]())
		}
		cpu = cpuTime() - cpu
		fmt.Println(time.Since(start).Nanoseconds(), cpu)
	}
}
