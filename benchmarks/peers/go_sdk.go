// The peer: Docker's own client for Go.
package main

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"
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

func lifecycle(ctx context.Context, engine *client.Client) error {
	config := &container.Config{Image: os.Getenv("BENCH_IMAGE"), Cmd: []string{"true"}}
	created, err := engine.ContainerCreate(ctx, config, nil, nil, nil, "")
	if err != nil {
		return err
	}
	if err := engine.ContainerStart(ctx, created.ID, types.ContainerStartOptions{}); err != nil {
		return err
	}
	ended, failed := engine.ContainerWait(ctx, created.ID, container.WaitConditionNotRunning)
	select {
	case <-ended:
	case err := <-failed:
		return err
	}
	if err := logs(ctx, engine, created.ID); err != nil {
		return err
	}
	return engine.ContainerRemove(ctx, created.ID, types.ContainerRemoveOptions{})
}

func logs(ctx context.Context, engine *client.Client, id string) error {
	stream, err := engine.ContainerLogs(ctx, id, types.ContainerLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return err
	}
	defer stream.Close()
	_, err = stdcopy.StdCopy(io.Discard, io.Discard, stream)
	return err
}

func copyTo(ctx context.Context, engine *client.Client) error {
	file, err := os.Open(os.Getenv("BENCH_COPY_FILE"))
	if err != nil {
		return err
	}
	defer file.Close()
	facts, err := file.Stat()
	if err != nil {
		return err
	}
	reader, writer := io.Pipe()
	go func() {
		archive := tar.NewWriter(writer)
		err := archive.WriteHeader(&tar.Header{Name: "big", Mode: 0o644, Size: facts.Size()})
		if err == nil {
			_, err = io.Copy(archive, file)
		}
		if err == nil {
			err = archive.Close()
		}
		writer.CloseWithError(err)
	}()
	return engine.CopyToContainer(ctx, os.Getenv("BENCH_COPY_CONTAINER"), "/", reader, types.CopyToContainerOptions{})
}

func copyFrom(ctx context.Context, engine *client.Client) error {
	stream, _, err := engine.CopyFromContainer(ctx, os.Getenv("BENCH_COPY_CONTAINER"), "/big")
	if err != nil {
		return err
	}
	defer stream.Close()
	copied, err := os.Create(os.Getenv("BENCH_COPY_TARGET"))
	if err != nil {
		return err
	}
	defer copied.Close()
	archive := tar.NewReader(stream)
	if _, err := archive.Next(); err != nil {
		return err
	}
	_, err = io.Copy(copied, archive)
	return err
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
		"pull":      func() error { return pull(ctx, engine) },
		"lifecycle": func() error { return lifecycle(ctx, engine) },
		"logs":      func() error { return logs(ctx, engine, os.Getenv("BENCH_LOG_CONTAINER")) },
		"copy_to":   func() error { return copyTo(ctx, engine) },
		"copy_from": func() error { return copyFrom(ctx, engine) },
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
