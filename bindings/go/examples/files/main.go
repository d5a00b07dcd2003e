// Files: mount an image, list a folder, read a file, look at it, copy it out, unmount. Nothing is run.
// files IMAGE
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

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
	image, err := conu.NewImage(ctx, nil, name)
	if err != nil {
		return err
	}
	files, err := image.Mount(ctx)
	if err != nil {
		return err
	}
	defer files.Close()
	fmt.Printf("%s is mounted by %s\n", image.FullName(), files.Method())
	if err := look(ctx, files); err != nil {
		return err
	}
	return files.Unmount(ctx)
}

func look(ctx context.Context, files *conu.Filesystem) error {
	names, err := files.List(ctx, "/etc")
	if err != nil {
		return err
	}
	fmt.Printf("in /etc: %s\n", strings.Join(names, " "))

	users, err := files.ReadFile(ctx, "/etc/passwd")
	if err != nil {
		return err
	}
	first, _, _ := bytes.Cut(users, []byte("\n"))
	fmt.Printf("the first user: %s\n", first)

	status, err := files.Stat(ctx, "/etc/passwd")
	if err != nil {
		return err
	}
	fmt.Printf("%s %d:%d %d %s\n", status.Permissions, status.UID, status.GID, status.Size, status.Path)
	return copyOut(ctx, files)
}

func copyOut(ctx context.Context, files *conu.Filesystem) error {
	folder, err := conu.NewDirectory(ctx)
	if err != nil {
		return err
	}
	defer folder.Close()
	target := filepath.Join(folder.Path(), "passwd")
	if err := files.CopyFrom(ctx, "/etc/passwd", target); err != nil {
		return err
	}
	content, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	fmt.Printf("its copy has %d bytes\n", len(content))
	return nil
}
